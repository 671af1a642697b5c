#!/usr/bin/perl
use strict;
use warnings;
use JSON;
use Stats::Fast;
print JSON->new->canonical->encode({ mean => Stats::Fast::mean(@ARGV), of => scalar @ARGV }), "\n";
