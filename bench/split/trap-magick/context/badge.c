/* Makes pictures of a drawing: it takes the coders for SVG, PNG, JPEG and WEBP, and a font. */
#include <stdio.h>
#include <string.h>
#include <wand/MagickWand.h>

static const char drawing[] = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'>"
                              "<rect width='40' height='40' fill='red'/></svg>";

int main(void)
{
    MagickWandGenesis();
    MagickWand *wand = NewMagickWand();
    MagickSetFormat(wand, "SVG");
    if (!MagickReadImageBlob(wand, drawing, strlen(drawing))) {
        ExceptionType kind;
        puts(MagickGetException(wand, &kind));
        return 1;
    }
    printf("%zu x %zu\n", MagickGetImageWidth(wand), MagickGetImageHeight(wand));
    for (const char **kind = (const char *[]){"PNG", "JPEG", "WEBP", "TIFF", NULL}; *kind; kind++) {
        size_t length = 0;
        MagickSetImageFormat(wand, *kind);
        printf("%s %d\n", *kind, MagickGetImageBlob(wand, &length) && length > 0);
    }
    DrawingWand *pen = NewDrawingWand();
    DrawSetFont(pen, "DejaVu-Sans");
    double *metrics = MagickQueryFontMetrics(wand, pen, "Hello");
    printf("wide: %d\n", metrics && metrics[4] > 10);
    return 0;
}
