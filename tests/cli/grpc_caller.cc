// SPDX-License-Identifier: MIT
//
// One call made with Google's library, to see that our server is understood by others:
//
//   grpc_caller PORT /pkg.Service/Method HEX DEADLINE-MS [KEY VALUE ...]
//
// HEX is the message, the rest metadata. Prints "CODE MESSAGES BYTES TEXT" of what came back.
// Thread: main's only one.

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

grpc::ByteBuffer message_of(const std::string& hex) {
  std::string bytes;
  for (size_t k = 0; k + 1 < hex.size(); k += 2) {
    bytes += static_cast<char>(std::strtol(hex.substr(k, 2).c_str(), nullptr, 16));
  }
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

/// Waits for what was begun last.
bool done(grpc::CompletionQueue& queue) {
  void* tag = nullptr;
  bool ok = false;
  return queue.Next(&tag, &ok) && ok;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 5) {
    return 1;
  }
  grpc::GenericStub stub(grpc::CreateChannel(std::string("127.0.0.1:") + arguments[1],
                                             grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::milliseconds(std::atoi(arguments[4])));
  for (int k = 5; k + 1 < count; k += 2) {
    context.AddMetadata(arguments[k], arguments[k + 1]);
  }
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareCall(&context, arguments[2], &queue);
  int tag = 0;
  size_t messages = 0;
  size_t bytes = 0;
  call->StartCall(&tag);
  if (done(queue)) {
    call->WriteLast(message_of(arguments[3]), grpc::WriteOptions(), &tag);
    grpc::ByteBuffer reply;
    for (bool ok = done(queue); ok;) {
      call->Read(&reply, &tag);
      ok = done(queue);
      messages += ok ? 1 : 0;
      bytes += ok ? reply.Length() : 0;
    }
  }
  grpc::Status status;
  call->Finish(&status, &tag);
  done(queue);
  std::printf("%d %zu %zu %s\n", status.error_code(), messages, bytes,
              status.error_message().c_str());
  queue.Shutdown();
  while (done(queue)) {
  }
  return 0;
}
