// SPDX-License-Identifier: MIT
//
// Nothing but a place for the headers that all tests share to be compiled at.
