# Writes SOURCE, which holds the bytes of JSON as an array: no escaping to get wrong, no limit on a literal's length.
file(READ "${JSON}" hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
file(WRITE "${SOURCE}" "#include \"proto/bridges/default_bridge.h\"

namespace brug::bridges {
namespace {
constexpr unsigned char kJson[] = {
${bytes}};
}  // namespace

std::string_view DefaultBridgeJson() { return {reinterpret_cast<const char*>(kJson), sizeof kJson}; }

}  // namespace brug::bridges
")
