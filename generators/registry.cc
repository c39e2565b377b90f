// SPDX-License-Identifier: MIT
//
// Every generator has one line here: the only place that lists them.
#include <memory>
#include <vector>

#include "flowers.h"
#include "hopsworks.h"
#include "macaw/generators/generator.h"
#include "ml10m.h"
#include "mnist.h"
#include "predict.h"
#include "recommend.h"

namespace macaw::generators {

std::span<const std::unique_ptr<Generator>> all_generators() {
  static const std::vector<std::unique_ptr<Generator>> registered = [] {
    std::vector<std::unique_ptr<Generator>> generators;
    generators.push_back(make_ml10m());
    generators.push_back(make_hopsworks());
    generators.push_back(make_predict());
    generators.push_back(make_mnist());
    generators.push_back(make_flowers());
    generators.push_back(make_recommend());
    return generators;
  }();
  return registered;
}

const Generator* find_generator(std::string_view name) {
  for (const auto& generator : all_generators()) {
    if (generator->name() == name) {
      return generator.get();
    }
  }
  return nullptr;
}

}  // namespace macaw::generators
