#include "chart.hpp"
#include <boost/program_options.hpp>
#include <fstream>
#include <iostream>
namespace po = boost::program_options;

int main(int argc, char **argv)
{
    unsigned size;
    std::string out;
    po::options_description options("thumb");
    options.add_options()("help", "show this")("size", po::value(&size)->default_value(8), "pixels")(
        "out", po::value(&out)->default_value("/tmp/thumb.png"), "file");
    po::variables_map map;
    po::store(po::parse_command_line(argc, argv, options), map);
    po::notify(map);
    if (map.count("help")) {
        std::cout << options;
        return 0;
    }
    std::ifstream palette("/usr/local/share/thumb/palette.txt");
    int colour;
    if (!(palette >> colour)) {
        std::cerr << "no palette\n";
        return 1;
    }
    return chart(out, size, colour) ? 0 : 1;
}
