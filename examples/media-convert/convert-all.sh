#!/bin/sh
# Every PDF in the folder becomes text and a picture of its first page.
for file in *.pdf; do
    pdftotext "$file" "${file%.pdf}.txt"
    convert -density 72 "$file[0]" "${file%.pdf}.png"
done
