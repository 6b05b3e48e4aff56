// The smallest program outside of the tree: links a layer of Colibri and prints a number of its.
#include <iostream>

#include "core/units.h"

int main() {
  const absl::StatusOr<colibri::Price> price = colibri::Price::Parse("100.250");
  if (!price.ok()) {
    std::cerr << price.status() << "\n";
    return 1;
  }
  std::cout << "price " << price->ToString() << "\n";
  return 0;
}
