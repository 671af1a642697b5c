#include "EXTERN.h"
#include "perl.h"
#include "XSUB.h"

MODULE = Stats::Fast  PACKAGE = Stats::Fast

double
mean(...)
  CODE:
    double sum = 0;
    int at;
    for (at = 0; at < items; at++)
        sum += SvNV(ST(at));
    RETVAL = items ? sum / items : 0;
  OUTPUT:
    RETVAL
