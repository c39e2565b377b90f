# SPDX-License-Identifier: MIT
# Every third-party library, under one kind of name (x::y), found once.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

pkg_check_modules(LIBUV REQUIRED IMPORTED_TARGET GLOBAL libuv>=1.44)
add_library(uv::uv ALIAS PkgConfig::LIBUV)
pkg_check_modules(LIBZSTD REQUIRED IMPORTED_TARGET GLOBAL libzstd)
add_library(zstd::zstd ALIAS PkgConfig::LIBZSTD)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET GLOBAL re2)
add_library(re2::re2 ALIAS PkgConfig::RE2)
pkg_check_modules(NGHTTP2 REQUIRED IMPORTED_TARGET GLOBAL libnghttp2>=1.52)
add_library(nghttp2::nghttp2 ALIAS PkgConfig::NGHTTP2)

# Not by find_package(Protobuf): that would want protoc, too.
pkg_check_modules(PROTOBUF REQUIRED IMPORTED_TARGET GLOBAL protobuf>=3.21)
add_library(protobuf::libprotobuf ALIAS PkgConfig::PROTOBUF)

find_package(Llhttp REQUIRED)      # llhttp::llhttp
find_package(SQLite3 REQUIRED)     # SQLite::SQLite3
find_package(CLI11 REQUIRED)       # CLI11::CLI11
find_package(fmt REQUIRED)         # fmt::fmt
find_package(ZLIB REQUIRED)        # ZLIB::ZLIB
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)  # OpenSSL::Crypto, OpenSSL::SSL

# Debian's RapidJSON package sets a variable only.
find_package(RapidJSON REQUIRED)
add_library(macaw_rapidjson INTERFACE)
add_library(rapidjson::rapidjson ALIAS macaw_rapidjson)
target_include_directories(macaw_rapidjson SYSTEM INTERFACE "${RAPIDJSON_INCLUDE_DIRS}")
target_compile_definitions(macaw_rapidjson INTERFACE RAPIDJSON_HAS_STDSTRING=1)

if(MACAW_BUILD_TESTS)
  pkg_check_modules(GRPCPP IMPORTED_TARGET GLOBAL grpc++)  # a peer to be tested against, if there
  find_package(Boost 1.74 REQUIRED COMPONENTS unit_test_framework)
endif()
