"""What `archive-kept` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, said

RULE = "archive-kept"

# before, after
REWRITES = (
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz\n",
    ),
    (
        "FROM debian:12\nRUN sudo wget http://e.org/a.tgz && tar xzf a.tgz\n",
        "FROM debian:12\nRUN sudo wget http://e.org/a.tgz && tar xzf a.tgz && sudo rm a.tgz\n",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && sudo tar xzf a.tgz\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz && sudo tar xzf a.tgz && sudo rm a.tgz\n",
    ),
    (
        'FROM debian:12\nRUN curl -fsSLO "http://e.org/a-${V}.tgz" && tar xzf "a-${V}.tgz" && make\n',
        (
            "FROM debian:12\n"
            'RUN curl -fsSLO "http://e.org/a-${V}.tgz" && tar xzf "a-${V}.tgz" && rm "a-${V}.tgz" && make\n'
        ),
    ),
    (
        "FROM debian:12\nRUN wget -O $A$B.tgz http://e.org/x && tar xzf $A$B.tgz\n",
        "FROM debian:12\nRUN wget -O $A$B.tgz http://e.org/x && tar xzf $A$B.tgz && rm $A$B.tgz\n",
    ),
    (
        'FROM debian:12\nRUN wget -O "$D/a-$V.tgz" http://e.org/x && tar xzf "$D/a-$V.tgz"\n',
        ('FROM debian:12\nRUN wget -O "$D/a-$V.tgz" http://e.org/x && tar xzf "$D/a-$V.tgz" && rm "$D/a-$V.tgz"\n'),
    ),
    (
        "FROM debian:12\nRUN wget -O a-$V.tgz http://e.org/x && NV=2 && tar xzf a-$V.tgz\n",
        "FROM debian:12\nRUN wget -O a-$V.tgz http://e.org/x && NV=2 && tar xzf a-$V.tgz && rm a-$V.tgz\n",
    ),
    (
        "FROM debian:12\nRUN wget -O a-$V.tgz http://e.org/x && read W && tar xzf a-$V.tgz\n",
        "FROM debian:12\nRUN wget -O a-$V.tgz http://e.org/x && read W && tar xzf a-$V.tgz && rm a-$V.tgz\n",
    ),
    (
        "FROM debian:12\nRUN wget -O a-$V.tgz http://e.org/x && W=1 && echo V && tar xzf a-$V.tgz\n",
        ("FROM debian:12\nRUN wget -O a-$V.tgz http://e.org/x && W=1 && echo V && tar xzf a-$V.tgz && rm a-$V.tgz\n"),
    ),
    (
        "FROM debian:12\nRUN cd /tmp && wget http://e.org/a.tgz && tar xzf a.tgz && cd /opt && make\n",
        ("FROM debian:12\nRUN cd /tmp && wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz && cd /opt && make\n"),
    ),
    (
        "FROM debian:12\nRUN wget -O /tmp/a.tgz http://e.org/a.tgz && cd /opt && tar xzf /tmp/a.tgz\n",
        (
            "FROM debian:12\n"
            "RUN wget -O /tmp/a.tgz http://e.org/a.tgz && cd /opt && tar xzf /tmp/a.tgz && rm /tmp/a.tgz\n"
        ),
    ),
    (
        "FROM debian:12\nRUN wget -O $D/a.tgz http://e.org/a.tgz && cd /opt && tar xzf $D/a.tgz\n",
        ("FROM debian:12\nRUN wget -O $D/a.tgz http://e.org/a.tgz && cd /opt && tar xzf $D/a.tgz && rm $D/a.tgz\n"),
    ),
    (
        "FROM debian:12\nRUN wget -O ~/a.tgz http://e.org/a.tgz && cd /opt && tar xzf ~/a.tgz\n",
        ("FROM debian:12\nRUN wget -O ~/a.tgz http://e.org/a.tgz && cd /opt && tar xzf ~/a.tgz && rm ~/a.tgz\n"),
    ),
    (
        "FROM debian:12\nRUN rm -rf /opt/x && wget http://e.org/a.tgz && tar xzf a.tgz\n",
        "FROM debian:12\nRUN rm -rf /opt/x && wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz\n",
    ),
    (
        "FROM debian:12\nRUN mv /opt/x /y && wget http://e.org/a.tgz && cp /opt/z /y && tar xzf a.tgz\n",
        ("FROM debian:12\nRUN mv /opt/x /y && wget http://e.org/a.tgz && cp /opt/z /y && tar xzf a.tgz && rm a.tgz\n"),
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm -rf /var/lib/x\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz && rm -rf /var/lib/x\n",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm -rf /var/cache/x\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz && rm -rf /var/cache/x\n",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm -rf /var/log/x\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz && rm -rf /var/log/x\n",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm -rf /root/.cache/x\n",
        ("FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz && rm -rf /root/.cache/x\n"),
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm -rf /usr/share/x\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz && rm -rf /usr/share/x\n",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm -rf /etc/x\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz && rm -rf /etc/x\n",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm -rf /usr/lib/x\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz && rm -rf /usr/lib/x\n",
    ),
    (
        ("FROM debian:12\nRUN --mount=type=bind,source=x,target=/x wget http://e.org/a.tgz && tar xzf a.tgz\n"),
        (
            "FROM debian:12\n"
            "RUN --mount=type=bind,source=x,target=/x wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz\n"
        ),
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz http://e.org/b.tgz && tar xzf b.tgz && tar xzf a.tgz\n",
        (
            "FROM debian:12\n"
            "RUN wget http://e.org/a.tgz http://e.org/b.tgz && tar xzf b.tgz && rm b.tgz && tar xzf a.tgz && rm a.tgz\n"
        ),
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz; make\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz; make\n",
    ),
    (
        "FROM debian:12\nRUN set -e; wget http://e.org/a.tgz; tar xzf a.tgz; make\n",
        "FROM debian:12\nRUN set -e; wget http://e.org/a.tgz; tar xzf a.tgz; rm a.tgz; make\n",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm -rf /opt/x /var/lib/x\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz && rm -rf /opt/x /var/lib/x\n",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && unlink x\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz && unlink x\n",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && mv x /y\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz && mv x /y\n",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && cp x /y\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz && cp x /y\n",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && mv /var/lib/x /y\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz && mv /var/lib/x /y\n",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && find . -name x -exec chmod +x {} +\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz && find . -name x -exec chmod +x {} +\n",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && find /usr -name x -delete\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz && find /usr -name x -delete\n",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && cp b/* /y\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz && cp b/* /y\n",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && mv a-$V /y\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz && mv a-$V /y\n",
    ),
    (
        "FROM x\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && mv b /y\n",
        "FROM x\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz && mv b /y\n",
    ),
    (
        "FROM debian:12\nRUN cd /tmp && wget http://e.org/a.tgz && cd /opt && tar xzf /tmp/a.tgz\n",
        "FROM debian:12\nRUN cd /tmp && wget http://e.org/a.tgz && cd /opt && tar xzf /tmp/a.tgz && rm /tmp/a.tgz\n",
    ),
    (
        "FROM debian:12\nRUN curl http://e.org/a | tee a.tgz >/x && tar xzf a.tgz\n",
        "FROM debian:12\nRUN curl http://e.org/a | tee a.tgz >/x && tar xzf a.tgz && rm a.tgz\n",
    ),
    (
        "FROM debian:12\nRUN aria2c -x 4 -d /t -o a http://e.org/a && tar xzf /t/a\n",
        "FROM debian:12\nRUN aria2c -x 4 -d /t -o a http://e.org/a && tar xzf /t/a && rm /t/a\n",
    ),
    (
        'FROM debian:12\nRUN curl -o $(basename $U) $U && tar xzf "$(basename ${U})" && make\n',
        'FROM debian:12\nRUN curl -o $(basename $U) $U && tar xzf "$(basename ${U})" && rm "$(basename ${U})" && make\n',
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.deb http://e.org/b-$V.deb http://e.org/c.whl && dpkg -i *.deb && x\n",
        (
            "FROM debian:12\nRUN wget http://e.org/a.deb http://e.org/b-$V.deb http://e.org/c.whl && dpkg -i *.deb"
            ' && rm "b-$V.deb" && rm a.deb && x\n'
        ),
    ),
    (
        "FROM debian:12\nRUN cd /tmp && wget http://e.org/a.whl && cd / && pip install /tmp/*.whl && b\n",
        "FROM debian:12\nRUN cd /tmp && wget http://e.org/a.whl && cd / && pip install /tmp/*.whl && rm /tmp/a.whl && b\n",
    ),
    (
        "FROM debian:12\nRUN curl --output /t/a.tgz http://e.org/a && tar --extract --file=/t/a.tgz --directory=/x && b\n",
        (
            "FROM debian:12\nRUN curl --output /t/a.tgz http://e.org/a && tar --extract --file=/t/a.tgz --directory=/x"
            " && rm /t/a.tgz && b\n"
        ),
    ),
    (
        "FROM debian:12\nRUN wget $U && tar xf ${U##*/}\n",
        "FROM debian:12\nRUN wget $U && tar xf ${U##*/} && rm ${U##*/}\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tmp/aws http://e.org/a && yes | unzip /tmp/aws >/x && /b\n",
        "FROM debian:12\nRUN curl -o /tmp/aws http://e.org/a && yes | unzip /tmp/aws >/x && rm /tmp/aws && /b\n",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/$V/a-$V.tgz && tar xzf a-${V}.tgz\n",
        "FROM debian:12\nRUN wget http://e.org/$V/a-$V.tgz && tar xzf a-${V}.tgz && rm a-${V}.tgz\n",
    ),
    (
        "FROM debian:12\nRUN curl -O https://bootstrap.pypa.io/get-pip.py && python3 get-pip.py\n",
        "FROM debian:12\nRUN curl -O https://bootstrap.pypa.io/get-pip.py && python3 get-pip.py && rm get-pip.py\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /m http://e.org/Miniconda3.sh && sh /m.sh\nRUN wget http://e.org/a.deb && gdebi -n a.deb\n",
        "FROM debian:12\nRUN curl -o /m http://e.org/Miniconda3.sh && sh /m.sh\nRUN wget http://e.org/a.deb && gdebi -n a.deb && rm a.deb\n",
    ),
)

_TAR = "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz"
_PERHAPS = "whether it is fetched here is not certain"
_NAMED = "something further down names it, or a pattern that it may match"

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM debian:12\nRUN wget -O a-$V.tgz http://e.org/x && read V && tar xzf a-$V.tgz\n", ("read V", "read W")),
    ("FROM debian:12\nRUN wget http://e.org/a.tgz && cd /opt && tar xzf a.tgz\n", ("cd /opt && tar", "tar")),
    ("FROM debian:12\nRUN wget http://e.org/a.tgz && pushd /opt && tar xzf a.tgz\n", ("pushd /opt && tar", "tar")),
    ("FROM debian:12\nRUN pushd /x && wget http://e.org/a.tgz && popd && tar xzf a.tgz\n", (" && popd", "")),
    ("FROM debian:12\nRUN wget http://e.org/a.tgz || wget http://f.org/a.tgz && tar xzf a.tgz\n", _PERHAPS),
    ("FROM debian:12\nRUN true || wget http://e.org/a.tgz && tar xzf a.tgz\n", _PERHAPS),
    (f"{_TAR} && rm -rf /a*\n", ("/a*", "/b*")),
    (f"{_TAR} && rm -rf /opt $D\n", (" $D", "")),
    (f"{_TAR} && rm -rf /\n", (" && rm -rf /", "")),
    (f"{_TAR} && mv x y && rm a.tgz\n", (" && rm a.tgz", "")),
    (f"{_TAR} && unlink a.tgz\n", ("unlink a.tgz", "unlink b.tgz")),
    (f"{_TAR} && shred -u a.*\n", ("shred -u a.*", "shred -u b.*")),
    (f"{_TAR} && find / -name x -delete\n", "`find` may take it away"),
    (f"{_TAR} && find /opt . -exec mv {{}} /y \\;\n", "`find` may take it away"),
    (f"{_TAR} && mv a.* /y\n", "`mv` may take it away"),
    (f"{_TAR} && mv -t /y a.*\n", "`mv` may take it away"),
    (f"{_TAR} && cd /opt && mv $D/* /y\n", "`mv` may take it away"),
    (f"{_TAR}\nRUN mv * /x\n", _NAMED),
    ("FROM x\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && mv /srv/x /y\n", "`mv` may take it away"),
    (
        (
            "FROM debian:12\n"
            "RUN --mount=type=bind,source=x,target=/x --mount=type=cache,target=/c wget http://e.org/a.tgz && tar xzf a.tgz\n"
        ),
        (" --mount=type=cache,target=/c", ""),
    ),
    ("FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf b.tgz\n", ("b.tgz", "a.tgz")),
    ("FROM debian:12\nRUN if true; then wget http://e.org/a.tgz; fi && tar xzf a.tgz\n", _PERHAPS),
    ("FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz\n", ("a.tgz && rm a.tgz", "a.tgz")),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm -f *.tgz\n",
        ("a.tgz && rm -f *.tgz", "a.tgz"),
    ),
    (f"{_TAR}\nRUN rm a.tgz\n", _NAMED),
    (
        "FROM debian:12\nRUN wget -P /etc/x http://e.org/a.tgz && tar xzf /etc/x/a.tgz && rm -rf /etc/x\n",
        (" rm -rf", " ls"),
    ),
    (f"{_TAR} && test -e a*\n", "`test` may read it"),
    (f"{_TAR} && for f in *; do cp $f /x; done\n", "`cp` may read it"),
    (f"{_TAR} && install a* /x\n", "`install` may read it"),
    ("FROM tomcat\nRUN wget http://e.org/a.war && unzip a.war\n", (".war && unzip a.war", ".zip && unzip a.zip")),
    ("FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz | tee x\n", "it stands inside another command"),
    ("FROM debian:12\nRUN wget http://e.org/a.tgz && ! yes | tar xzf a.tgz\n", "it stands inside another command"),
    ("FROM debian:12\nRUN (cd /opt && wget http://e.org/a.tgz && tar xzf a.tgz)\n", _PERHAPS),
    ("FROM debian:12\nRUN for a in b c; do wget http://e.org/$a.tgz && tar xzf $a.tgz; done\n", _PERHAPS),
    ("FROM debian:12\nRUN wget http://e.org/a.deb && dpkg -i *.deb && ls *.deb\n", _NAMED),
    ("FROM debian:12\nRUN wget http://e.org/a.deb && dpkg -i b*.deb\n", ("b*.deb", "a*.deb")),
    ("FROM debian:12\nRUN wget http://e.org/a.deb && dpkg -i /b/*.deb\n", ("/b/", "/")),
    ("FROM debian:12\nENV F=a.tgz\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && cp $F /b\n", _NAMED),
    ("FROM debian:12\nENV F /d/a.tgz\nRUN wget http://e.org/a.tgz && tar xzf a.tgz\nCMD cat ${F}\n", _NAMED),
    ("FROM debian:12\nARG F=a.tgz\nRUN wget http://e.org/$F && tar xzf $F\nCMD cat a.tgz\n", _NAMED),
    ("FROM debian:12\nARG F=a.tgz\nRUN wget http://e.org/$F && tar xzf $F && cp ${F} /b\n", _NAMED),
    (f"{_TAR}\nRUN rm *.tgz\n", _NAMED),
    (f"{_TAR}\nRUN rm a*\n", _NAMED),
    (f"{_TAR}\nRUN sha256sum /a.tgz > /sums\n", _NAMED),
    (f"{_TAR}\nRUN sh -c 'rm *'\n", _NAMED),
    ("FROM debian:12\nRUN curl http://e.org/a | tee -a a.tgz >/x && tar xzf a.tgz\n", (" -a", "")),
    ("FROM debian:12\nRUN cat http://e.org/a | tee a.tgz >/x && tar xzf a.tgz\n", ("cat ", "curl ")),
    ("FROM debian:12\nRUN curl -o x.sh http://e.org/x && . x.sh\n", (". x.sh", "sh x.sh")),
    (
        "FROM debian:12\nRUN curl -o t http://e.org/t && chmod +x t && ./t\n",
        ("-o t http://e.org/t && chmod +x t && ./t", "-o t.run http://e.org/t && ./t.run"),
    ),
    ('FROM debian:12\nRUN curl -o /t/setup.sh http://e.org/t && sh /t/setup.sh\nCMD ["/t/setup.sh"]\n', _NAMED),
    ("FROM debian:12\nRUN wget $U && U=x && tar xzf $(basename $U)\n", (" U=x", " V=x")),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz\nRUN tar xzf a.tgz\n",
        ("http://e.org/a.tgz\nRUN", "http://e.org/a.tgz &&"),
    ),
    (
        "FROM debian:12\nRUN wget -O b.tgz http://e.org/a.tgz && tar xzf a.tgz\n",
        ("-O b.tgz http://e.org/a.tgz", "http://e.org/a.tgz"),
    ),
    ("FROM debian:12\nRUN wget http://e.org/a.tgz && tar czf a.tgz /etc\n", ("czf a.tgz /etc", "xzf a.tgz")),
    ("FROM debian:12\nRUN if true; then wget http://e.org/a.tgz && tar xzf a.tgz; fi\n", _PERHAPS),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz?raw=1 && tar xzf a.tgz\n",
        ("http://e.org/a.tgz?raw=1", "http://e.org/a.tgz"),
    ),
    (
        ("FROM debian:12 AS a\nRUN wget http://e.org/a.tgz && tar xzf a.tgz\nFROM debian:12\nCOPY --from=a /b /b\n"),
        (" AS a", ""),
    ),
    ("FROM debian:12\nRUN V=1 && wget http://e.org/a-$V.tgz && V=2 && tar xzf a-$V.tgz\n", (" && V=2", "")),
    ("FROM debian:12\nRUN && tar xzf a.tgz\n", ("&&", "wget http://e.org/a.tgz &&")),
    (
        "FROM debian:12\nRUN wget -qO- http://e.org/a.tgz | tar xz\n",
        ("-qO- http://e.org/a.tgz | tar xz", "http://e.org/a.tgz && tar xzf a.tgz"),
    ),
    (
        ("FROM debian:12\nRUN --mount=type=cache,target=/tmp wget -P /tmp http://e.org/a.tgz && tar xzf /tmp/a.tgz\n"),
        (" --mount=type=cache,target=/tmp", ""),
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz && (cd /opt && tar xzf a.tgz)\n",
        ("(cd /opt && tar xzf a.tgz)", "tar xzf a.tgz"),
    ),
)

# what is said of them
SAYS = (
    (
        (
            "FROM debian:12\n"
            "RUN wget https://example.com/tool-1.2.tar.gz \\\n"
            "    && tar -xzf tool-1.2.tar.gz -C /opt \\\n"
            "    && /opt/tool-1.2/setup --quiet\n"
        ),
        [
            Said(
                "tar -xzf tool-1.2.tar.gz -C /opt",
                "the archive tool-1.2.tar.gz stays in this layer",
                "",
                ("/**/tool-1.2.tar.gz",),
            )
        ],
    ),
    (
        "FROM debian:12\nRUN wget -O $A$B.tgz http://e.org/x && tar xzf $A$B.tgz\n",
        [Said("tar xzf $A$B.tgz", "the archive $A$B.tgz stays in this layer", "", ("/**/*.tgz",))],
    ),
)


@pytest.mark.parametrize(("before", "after"), REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check_rewrite(RULE, before, after)


@pytest.mark.parametrize(("text", "expected"), KEEPS)
def test_keeps(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


@pytest.mark.parametrize(("text", "expected"), SAYS)
def test_says(text: str, expected: list[Said]) -> None:
    assert said(RULE, text) == expected
