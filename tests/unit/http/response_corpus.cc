// SPDX-License-Identifier: MIT

#include "response_corpus.h"

namespace macaw::http::test {
namespace {

std::vector<ResponseCase> framed_by_length() {
  return {
      {.name = "content length",
       .bytes = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
       .body = "{}",
       .content_type = "application/json"},
      {.name = "content length 0", .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
      {.name = "content length, peer closes after it",
       .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
       .closes = true,
       .body = "abc"},
      {.name = "header names in capitals",
       .bytes = "HTTP/1.1 200 OK\r\nCONTENT-LENGTH: 1\r\nCONTENT-TYPE: a/b\r\n\r\nx",
       .body = "x",
       .content_type = "a/b"},
      {.name = "a compressed body",
       .bytes = "HTTP/1.1 200 OK\r\nContent-Encodings: no\r\ncontent-encoding: gzip\r\n"
                "Content-Encodin: no\r\nContent-Length: 1\r\nContent-Type: a/b\r\n\r\nx",
       .body = "x",
       .content_type = "a/b",
       .content_encoding = "gzip"},
      {.name = "a coding that nobody has heard of",
       .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
                "Content-Encoding: 0123456789012345678901234567890123456789\r\n\r\nx",
       .body = "x",
       .content_encoding = "01234567890123456789012345678901"},
      {.name = "a compressed hint",
       .bytes = "HTTP/1.1 103 Early Hints\r\nContent-Encoding: br\r\n\r\n"
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
       .body = "x"},
      {.name = "no blank after the colon",
       .bytes = "HTTP/1.1 200 OK\r\nContent-Length:1\r\nContent-Type:a/b\r\n\r\nx",
       .body = "x",
       .content_type = "a/b"},
      {.name = "blanks around a value",
       .bytes = "HTTP/1.1 200 OK\r\nContent-Length: \t1 \r\nContent-Type:  a/b\r\n\r\nx",
       .body = "x",
       .content_type = "a/b"},
      {.name = "no reason phrase",
       .bytes = "HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\nx",
       .body = "x"},
      {.name = "neither reason phrase nor blank",
       .bytes = "HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx",
       .body = "x"},
      {.name = "reason phrase in UTF-8",
       .bytes = "HTTP/1.1 404 Nicht gefunden \xc3\xa4\r\nContent-Length: 1\r\n\r\nx",
       .status = 404,
       .body = "x"},
      {.name = "blank in a header name, which llhttp lets pass",
       .bytes = "HTTP/1.1 200 OK\r\nBad Name: 1\r\nContent-Length: 1\r\n\r\nx",
       .body = "x"},
      {.name = "blank line before the status line",
       .bytes = "\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
       .body = "x"},
      {.name = "empty header value",
       .bytes = "HTTP/1.1 200 OK\r\nX-Empty:\r\nContent-Type:\r\nContent-Length: 1\r\n\r\nx",
       .body = "x"},
      {.name = "Latin-1 in a header value",
       .bytes = "HTTP/1.1 200 OK\r\nX-Name: caf\xe9\r\nContent-Length: 1\r\n\r\nx",
       .body = "x"},
      {.name = "binary body",
       .bytes = std::string("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\0\r\n\xff\n", 43),
       .body = std::string("\0\r\n\xff\n", 5)},
      {.name = "body that looks like a response",
       .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\nHTTP/1.1 500 Oops\r\n",
       .body = "HTTP/1.1 500 Oops\r\n"},
      {.name = "names that only begin or end like ours",
       .bytes =
           "HTTP/1.1 200 OK\r\nContent-Types: no\r\nX-Content-Type: no\r\nContent-Type: yes\r\n"
           "Content-Length-X: 9\r\nContent-Length: 1\r\n\r\nx",
       .body = "x",
       .content_type = "yes"},
      {.name = "server error with a body",
       .bytes = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy",
       .status = 503,
       .body = "busy"},
      {.name = "status outside of the registry",
       .bytes = "HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n",
       .status = 999},
      {.name = "many headers",
       .bytes =
           [] {
             std::string bytes = "HTTP/1.1 200 OK\r\n";
             for (int k = 0; k < 20; ++k) {
               bytes += "X-Header-" + std::to_string(k) + ": value\r\n";
             }
             return bytes + "Content-Length: 1\r\n\r\nx";
           }(),
       .body = "x"},
  };
}

std::vector<ResponseCase> chunked() {
  return {
      {.name = "one chunk",
       .bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
       .body = "hello"},
      {.name = "several chunks, hex in both cases",
       .bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                "A\r\n0123456789\r\nb\r\nabcdefghijk\r\n1\r\n!\r\n0\r\n\r\n",
       .body = "0123456789abcdefghijk!"},
      {.name = "empty chunked body",
       .bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {.name = "chunk extensions",
       .bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                "3;name=value\r\nabc\r\n0;last\r\n\r\n",
       .body = "abc"},
      {.name = "trailers, one of them a content type",
       .bytes = "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n"
                "3\r\nabc\r\n0\r\nChecksum: 12\r\nContent-Type: no/no\r\n\r\n",
       .body = "abc",
       .content_type = "a/b"},
      {.name = "chunk size with leading zeros",
       .bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0003\r\nabc\r\n0000\r\n\r\n",
       .body = "abc"},
      {.name = "Transfer-Encoding rules over a Content-Length before it",
       .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n"
                "3\r\nabc\r\n0\r\n\r\n",
       .body = "abc"},
      {.name = "Transfer-Encoding rules over a Content-Length after it",
       .bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 99\r\n\r\n"
                "3\r\nabc\r\n0\r\n\r\n",
       .body = "abc"},
      {.name = "gzip, chunked",
       .bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nzz\r\n0\r\n\r\n",
       .body = "zz"},
      {.name = "chunked, then closes",
       .bytes = "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                "2\r\nok\r\n0\r\n\r\n",
       .closes = true,
       .body = "ok",
       .keep_alive = false},
  };
}

std::vector<ResponseCase> without_body() {
  return {
      {.name = "204", .bytes = "HTTP/1.1 204 No Content\r\n\r\n", .status = 204},
      {.name = "204 with a Content-Length",
       .bytes = "HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n",
       .status = 204},
      {.name = "304", .bytes = "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", .status = 304},
      {.name = "304 with the length that a body would have",
       .bytes = "HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\n\r\n",
       .status = 304},
      {.name = "304 with chunked",
       .bytes = "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
       .status = 304},
      {.name = "HEAD with a Content-Length",
       .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n",
       .head = true},
      {.name = "HEAD with chunked",
       .bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
       .head = true},
      {.name = "HEAD without a length", .bytes = "HTTP/1.1 200 OK\r\n\r\n", .head = true},
      {.name = "HEAD, HTTP/1.0",
       .bytes = "HTTP/1.0 404 Not Found\r\n\r\n",
       .head = true,
       .status = 404,
       .keep_alive = false},
  };
}

std::vector<ResponseCase> after_interim() {
  const std::string final_response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  return {
      {.name = "100 first",
       .bytes = "HTTP/1.1 100 Continue\r\n\r\n" + final_response,
       .body = "ok"},
      {.name = "102 and 103 with headers first",
       .bytes = "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n"
                "Content-Type: no/no\r\n\r\n" +
                final_response,
       .body = "ok"},
      {.name = "100 with a Content-Length",
       .bytes = "HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n" + final_response,
       .body = "ok"},
      {.name = "100 with Connection: close, which says nothing about the response",
       .bytes = "HTTP/1.1 100 Continue\r\nConnection: close\r\n\r\n" + final_response,
       .body = "ok"},
      {.name = "100 in HTTP/1.0",
       .bytes = "HTTP/1.0 100 Continue\r\n\r\n" + final_response,
       .body = "ok"},
      {.name = "100 before the answer to HEAD",
       .bytes = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
       .head = true},
      {.name = "100 before 204",
       .bytes = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
       .status = 204},
  };
}

std::vector<ResponseCase> ended_by_close() {
  return {
      {.name = "neither length nor chunks",
       .bytes = "HTTP/1.1 200 OK\r\n\r\nuntil the end",
       .closes = true,
       .body = "until the end",
       .keep_alive = false},
      {.name = "neither length nor chunks, empty",
       .bytes = "HTTP/1.1 200 OK\r\n\r\n",
       .closes = true,
       .keep_alive = false},
      {.name = "HTTP/1.0 without a length",
       .bytes = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold",
       .closes = true,
       .body = "old",
       .keep_alive = false,
       .content_type = "text/plain"},
      {.name = "Transfer-Encoding without chunked",
       .bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nzz",
       .closes = true,
       .body = "zz",
       .keep_alive = false},
      {.name = "keep-alive promised, but no length",
       .bytes = "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\nx",
       .closes = true,
       .body = "x",
       .keep_alive = false},
  };
}

std::vector<ResponseCase> connection_life() {
  return {
      {.name = "Connection: close",
       .bytes = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
       .body = "x",
       .keep_alive = false},
      {.name = "Connection: Close among others",
       .bytes = "HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 1\r\n\r\nx",
       .body = "x",
       .keep_alive = false},
      {.name = "HTTP/1.0 closes",
       .bytes = "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
       .body = "x",
       .keep_alive = false},
      {.name = "HTTP/1.0 with keep-alive",
       .bytes = "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx",
       .body = "x"},
      {.name = "Upgrade offered, not done",
       .bytes = "HTTP/1.1 426 Upgrade Required\r\nConnection: upgrade\r\nUpgrade: h2c\r\n"
                "Content-Length: 1\r\n\r\nx",
       .status = 426,
       .body = "x"},
      {.name = "junk after a length",
       .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokJUNK",
       .body = "ok",
       .keep_alive = false,
       .junk = 4},
      {.name = "a second response after a length",
       .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
       .body = "ok",
       .keep_alive = false,
       .junk = 40},
      {.name = "junk after chunks",
       .bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n\r\n",
       .body = "x",
       .keep_alive = false,
       .junk = 2},
      {.name = "a body after 204",
       .bytes = "HTTP/1.1 204 No Content\r\n\r\nbody",
       .status = 204,
       .keep_alive = false,
       .junk = 4},
      {.name = "a body after the answer to HEAD",
       .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody",
       .head = true,
       .keep_alive = false,
       .junk = 4},
      {.name = "junk after a length of 0",
       .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n\n",
       .keep_alive = false,
       .junk = 1},
  };
}

ResponseCase bad(std::string name, std::string bytes, std::string error) {
  return {.name = std::move(name),
          .bytes = std::move(bytes),
          .state = ParseState::kMalformed,
          .status = 0,
          .error = std::move(error)};
}

ResponseCase cut(std::string name, std::string bytes, int status, std::string body,
                 std::string error) {
  ResponseCase made = bad(std::move(name), std::move(bytes), std::move(error));
  made.closes = true;
  made.status = status;
  made.body = std::move(body);
  return made;
}

ResponseCase bad_chunk(std::string name, std::string chunks, std::string body, std::string error) {
  ResponseCase made =
      bad(std::move(name), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
          std::move(error));
  made.status = 200;
  made.body = std::move(body);
  return made;
}

}  // namespace

std::vector<ResponseCase> good_responses() {
  std::vector<ResponseCase> all;
  for (const auto& part : {framed_by_length(), chunked(), without_body(), after_interim(),
                           ended_by_close(), connection_life()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

std::vector<ResponseCase> bad_responses() {
  return {
      bad("not HTTP", "SSH-2.0-OpenSSH_9.2\r\n", "not HTTP: starts with 'S"),
      bad("TLS", "\x15\x03\x01\x00\x02", "not HTTP: starts with '\\x15"),
      bad("a request", "GET / HTTP/1.1\r\n\r\n", "not HTTP: starts with 'G"),
      bad("HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/2.0, expected HTTP/1.x"),
      bad("HTTP/0.9", "HTTP/0.9 200 OK\r\n\r\n", "HTTP/0.9, expected HTTP/1.x"),
      bad("no version", "HTTP/x 200 OK\r\n\r\n", "bad HTTP version at byte 6"),
      bad("letters for a status", "HTTP/1.1 abc OK\r\n\r\n", "bad status code at byte 10"),
      bad("status of two digits", "HTTP/1.1 20 OK\r\n\r\n", "bad status code"),
      bad("status below 100", "HTTP/1.1 042 OK\r\nContent-Length: 0\r\n\r\n", "bad status code 42"),
      bad("101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nxx",
          "101 Switching Protocols"),
      bad("101 without Upgrade", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
          "101 Switching Protocols"),
      bad("length with letters", "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
          "bad Content-Length at byte"),
      bad("negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
          "bad Content-Length at byte"),
      bad("length over 64 bits", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
          "bad Content-Length at byte"),
      bad("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
          "Content-Length given twice"),
      bad("parenthesis in a header name", "HTTP/1.1 200 OK\r\nBad(Name: 1\r\n\r\n",
          "bad header at byte 21"),
      bad("header lines end with LF only", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi",
          "bad header at byte 34"),
      bad("line without a colon", "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", "bad header at byte"),
      bad("NUL in a header value", std::string("HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n", 26),
          "bad header at byte"),
      bad_chunk("chunk size with letters", "xyz\r\n", "", "bad chunk size at byte"),
      bad_chunk("chunk size over 64 bits", "11111111111111111\r\n", "", "bad chunk size at byte"),
      bad_chunk("chunk longer than it says", "2\r\nabc\r\n0\r\n\r\n", "ab", "at byte"),
      cut("nothing at all", "", 0, "", "closed before the first byte"),
      cut("inside the status line", "HTTP/1.1 20", 0, "", "closed inside the headers, after 11"),
      cut("inside the headers", "HTTP/1.1 200 OK\r\nContent-Le", 0, "",
          "closed inside the headers, after 27 bytes"),
      cut("after a 100", "HTTP/1.1 100 Continue\r\n\r\n", 0, "", "closed after a 100"),
      cut("inside a body", "HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n0123456789abcdefg", 200,
          "0123456789abcdefg", "closed after 17 of 42 body bytes"),
      cut("before a body", "HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n", 200, "",
          "closed after 0 of 42 body bytes"),
      cut("inside a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", 200,
          "ab", "closed inside a chunked body, after 2 bytes"),
      cut("before the last chunk",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", 200, "ab",
          "closed inside a chunked body, after 2 bytes"),
      cut("inside the trailers",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nA: b", 200, "ab",
          "closed inside a chunked body, after 2 bytes"),
  };
}

}  // namespace macaw::http::test
