#pragma once

#include <brug/client.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

// What every sample begins with. All take the same arguments:
//
//   SAMPLE SERVER ROOT_CERTIFICATE DIRECTORY [more...]
//
// SERVER is "host:port", ROOT_CERTIFICATE a PEM file, DIRECTORY where this device is kept.
namespace sample {

[[noreturn]] inline void Fail(const brug::Error& error) {
  std::cerr << error.reason << " " << error.field << ": " << error.message << "\n";
  std::exit(1);
}

// The value, or the end of the program with what went wrong.
template <class T>
T Must(brug::Result<T> result) {
  if (!result.ok()) Fail(result.error());
  return std::move(result).value();
}

inline void Must(const brug::Result<void>& result) {
  if (!result.ok()) Fail(result.error());
}

struct Arguments {
  std::string server;
  std::string root_certificate_pem;
  std::string directory;
  std::vector<std::string> more;
};

inline Arguments Read(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: " << argv[0] << " SERVER ROOT_CERTIFICATE DIRECTORY [more...]\n";
    std::exit(2);
  }
  std::ostringstream pem;
  pem << std::ifstream(argv[2]).rdbuf();
  return {.server = argv[1],
          .root_certificate_pem = pem.str(),
          .directory = argv[3],
          .more = {argv + 4, argv + argc}};
}

inline brug::Client Open(const Arguments& arguments) {
  return Must(
      brug::Client::Open({.directory = arguments.directory,
                          .server = arguments.server,
                          .root_certificate_pem = arguments.root_certificate_pem,
                          .spki_pins = {},
                          .server_name = {},
                          .language = "en",
                          .key_store = std::make_shared<brug::FileKeyStore>(arguments.directory + "-keys")}));
}

}  // namespace sample
