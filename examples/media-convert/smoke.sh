# Run inside the image, as sh -c: prints what became of a document, the same for every build that works.
printf '%%!PS\n/Helvetica findfont 24 scalefont setfont 72 72 moveto (Invoice 17) show showpage\n' > a.ps
ps2pdf a.ps a.pdf
convert-all
head -1 a.txt
identify -format '%m %w x %h\n' a.png
tesseract --version 2>&1 | head -1
