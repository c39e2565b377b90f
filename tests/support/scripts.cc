// SPDX-License-Identifier: MIT
//
// The ready-made scripts of scripted_server.h.

#include <utility>

#include "support/scripted_server.h"

namespace macaw::test::script {

ScriptedServer::Script answer(std::string bytes) {
  return answer_after(Nanos::zero(), std::move(bytes));
}

ScriptedServer::Script answer_after(Nanos delay, std::string bytes) {
  return [delay, bytes = std::move(bytes)](ScriptedConnection& client) {
    while (client.read_request()) {
      if (delay > Nanos::zero()) {
        client.stall(delay);
      }
      if (!client.send(bytes)) {
        return;
      }
    }
  };
}

ScriptedServer::Script answer_behind(const Gate& gate, std::string bytes) {
  return [&gate, bytes = std::move(bytes)](ScriptedConnection& client) {
    while (client.read_request() && client.wait(gate) && client.send(bytes)) {
    }
  };
}

ScriptedServer::Script drip(std::string bytes, Nanos gap) {
  return [gap, bytes = std::move(bytes)](ScriptedConnection& client) {
    while (client.read_request() && client.drip(bytes, gap)) {
    }
  };
}

ScriptedServer::Script say_nothing() {
  return [](ScriptedConnection& client) {
    while (client.read_request()) {
    }
    client.hold();
  };
}

ScriptedServer::Script send_and_close(std::string bytes) {
  return [bytes = std::move(bytes)](ScriptedConnection& client) {
    if (client.read_request()) {
      client.send(bytes);
    }
  };
}

ScriptedServer::Script send_and_reset(std::string bytes) {
  return [bytes = std::move(bytes)](ScriptedConnection& client) {
    if (client.read_request()) {
      client.send(bytes);
      client.reset();
    }
  };
}

ScriptedServer::Script close_after(size_t answers, std::string bytes) {
  return [answers, bytes = std::move(bytes)](ScriptedConnection& client) {
    while (client.requests() < answers && client.read_request()) {
      client.send(bytes);
    }
  };
}

ScriptedServer::Script swallow_after(size_t answers, std::string bytes) {
  return [answers, bytes = std::move(bytes)](ScriptedConnection& client) {
    while (client.read_request() && client.requests() <= answers) {
      client.send(bytes);
    }
  };
}

ScriptedServer::Script speak_first(std::string bytes, std::string answer) {
  return [bytes = std::move(bytes), answer = std::move(answer)](ScriptedConnection& client) {
    client.send(bytes);
    while (client.read_request() && client.send(answer)) {
    }
  };
}

}  // namespace macaw::test::script
