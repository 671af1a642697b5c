FROM debian:bookworm

ENV DEBIAN_FRONTEND=noninteractive

# tesseract, text recognition, is for the archive
RUN echo 'path-exclude=/usr/share/doc/*\npath-include=/usr/share/doc/*/copyright\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/info/*' \
      >/etc/dpkg/dpkg.cfg.d/no-documentation \
    && apt-get update && apt-get install -y --no-install-recommends \
        ghostscript \
        imagemagick \
        poppler-utils \
        tesseract-ocr \
    && rm -rf /var/lib/apt/lists/* \
    && sed -i 's/rights="none" pattern="PDF"/rights="read|write" pattern="PDF"/' /etc/ImageMagick-6/policy.xml

COPY --chmod=755 convert-all.sh /usr/local/bin/convert-all

WORKDIR /work
CMD ["convert-all"]
