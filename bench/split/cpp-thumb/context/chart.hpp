#pragma once
#include <string>
/// Writes a chessboard of `size` pixels in `colour` to the file `name`; false where that fails.
bool chart(const std::string &name, unsigned size, unsigned char colour);
