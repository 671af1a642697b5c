#include "chart.hpp"
#include <png.h>
#include <vector>

bool chart(const std::string &name, unsigned size, unsigned char colour)
{
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = image.height = size;
    image.format = PNG_FORMAT_GRAY;
    std::vector<unsigned char> pixels(size * size);
    for (unsigned at = 0; at < pixels.size(); ++at)
        pixels[at] = (at / size + at % size) % 2 ? colour : 0;
    return png_image_write_to_file(&image, name.c_str(), 0, pixels.data(), 0, nullptr);
}
