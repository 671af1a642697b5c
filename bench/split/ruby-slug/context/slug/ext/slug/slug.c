#include <ctype.h>
#include <ruby.h>

static VALUE slug(VALUE self, VALUE title)
{
    VALUE found = rb_str_new(StringValuePtr(title), RSTRING_LEN(title));
    char *text = RSTRING_PTR(found);
    for (long at = 0; at < RSTRING_LEN(found); at++)
        text[at] = isalnum((unsigned char)text[at]) ? tolower((unsigned char)text[at]) : '-';
    return found;
}

void Init_slug(void) { rb_define_singleton_method(rb_define_module("Slug"), "slug", slug, 1); }
