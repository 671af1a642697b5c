package Stats::Fast;
use strict;
our $VERSION = '0.1';
require XSLoader;
XSLoader::load('Stats::Fast', $VERSION);
1;
