// SPDX-License-Identifier: MIT
//
// A gRPC server made with Google's library, for tests: echoes each call's message. What it does
// besides is in the call's name or its metadata:
//   .../Stream      the message comes back five times
//   want-status: N  ends with that status, and "wanted" for its message
// Prints its port; SIGTERM shuts it down as operators do: what is in flight ends first.
// Thread: main waits, the library's threads serve.

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace {

/// One call; deletes itself at its end.
class Echo final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Echo(const grpc::GenericCallbackServerContext& context)
      : left_(context.method().ends_with("/Stream") ? 5 : 1) {
    const auto wanted = context.client_metadata().find("want-status");
    if (wanted != context.client_metadata().end()) {
      const std::string text(wanted->second.data(), wanted->second.size());
      status_ = grpc::Status(static_cast<grpc::StatusCode>(std::atoi(text.c_str())), "wanted");
    }
    StartRead(&message_);
  }

  void OnReadDone(bool ok) override {
    if (!ok || !status_.ok()) {
      Finish(ok ? status_ : grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "no message"));
      return;
    }
    OnWriteDone(true);
  }

  void OnWriteDone(bool ok) override {
    if (!ok || left_ == 0) {
      Finish(grpc::Status::OK);
      return;
    }
    --left_;
    StartWrite(&message_);
  }

  void OnDone() override { delete this; }

 private:
  int left_;
  grpc::Status status_;
  grpc::ByteBuffer message_;
};

class EchoService final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    return new Echo(*context);
  }
};

}  // namespace

int main() {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);  // before the library's threads inherit the mask

  EchoService service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterCallbackGenericService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    return 1;
  }
  std::printf("%d\n", port);
  static_cast<void>(std::fflush(stdout));
  int signal_number = 0;
  sigwait(&ends, &signal_number);
  server->Shutdown();
  return 0;
}
