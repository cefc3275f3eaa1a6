#include "tests/unit/svg_reading.h"

#include <libxml/parser.h>
#include <libxml/tree.h>

#include <memory>

namespace brug::rules {
namespace {

std::string Text(const xmlChar* text) { return text ? reinterpret_cast<const char*>(text) : ""; }

void Walk(const xmlNode* node, std::vector<SvgElement>& elements) {
  if (node->type != XML_ELEMENT_NODE) return;
  SvgElement element{Text(node->name), {}, ""};
  for (const xmlAttr* attribute = node->properties; attribute; attribute = attribute->next) {
    std::string value;
    for (const xmlNode* part = attribute->children; part; part = part->next) value += Text(part->content);
    element.attributes[Text(attribute->name)] = value;
  }
  for (const xmlNode* child = node->children; child; child = child->next) {
    if (child->type == XML_TEXT_NODE) element.text += Text(child->content);
  }
  elements.push_back(element);
  for (const xmlNode* child = node->children; child; child = child->next) Walk(child, elements);
}

}  // namespace

std::optional<std::vector<SvgElement>> ReadSvg(const std::string& svg) {
  const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
  const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> document(
      xmlReadMemory(svg.data(), static_cast<int>(svg.size()), "bridge.svg", nullptr, options), &xmlFreeDoc);
  if (!document) return std::nullopt;
  std::vector<SvgElement> elements;
  Walk(xmlDocGetRootElement(document.get()), elements);
  return elements;
}

}  // namespace brug::rules
