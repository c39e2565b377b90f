// SPDX-License-Identifier: MIT
//
// exp, ln and friends with the same bits on every machine: built only from the IEEE 754 operations
// that must be correctly rounded (+ - * / sqrt) in a fixed order, and compiled with contraction
// off. libm makes no such promise. Relative error at most 1e-14 (held by a test). Use these
// wherever a result decides what a generator writes or when a request is sent.
#pragma once

namespace macaw {

/// REQUIRES: x > 0, finite, normal.
double portable_ln(double x);
/// 0 for x < -700; REQUIRES: x <= 700.
double portable_exp(double x);
/// The standard normal quantile. REQUIRES: 0 < p < 1. (Wichura 1988, algorithm AS 241.)
double portable_normal_quantile(double p);
/// sin(2 pi x), x in turns.
double portable_sin_turns(double x);
double portable_cos_turns(double x);

}  // namespace macaw
