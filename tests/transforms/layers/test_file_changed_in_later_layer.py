"""What `file-changed-in-later-layer` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, said

RULE = "file-changed-in-later-layer"

# before, after
REWRITES = (
    (
        "FROM debian:12\nRUN cd /opt/x && cp -r /y .\nRUN groupadd a && useradd -g a a\nRUN chown -R a:a /opt/x\n",
        (
            "FROM debian:12\nRUN cd /opt/x && cp -r /y . \\\n    && groupadd a && useradd -g a a \\\n"
            "    && chown -R a:a /opt/x\n"
        ),
    ),
    (
        "FROM debian:12\nRUN cd /opt && curl -sO http://e.org/a.zip\nRUN cd /opt && unzip a.zip\nRUN cd /opt && rm a.zip\n",
        ("FROM debian:12\nRUN cd /opt && curl -sO http://e.org/a.zip \\\n    && unzip a.zip \\\n    && rm a.zip\n"),
    ),
    (
        "FROM debian:12\nRUN cd /opt && curl -sO http://e.org/a.zip && cd /\nRUN cd / && rm /opt/a.zip\n",
        ("FROM debian:12\nRUN cd /opt && curl -sO http://e.org/a.zip && cd / \\\n    && cd / && rm /opt/a.zip\n"),
    ),
    (
        "FROM debian:12\nRUN cd /opt && make a.zip && curl -sO http://e.org/a.zip\nRUN cd /opt && rm a.zip\n",
        ("FROM debian:12\nRUN cd /opt && make a.zip && curl -sO http://e.org/a.zip \\\n    && cd /opt && rm a.zip\n"),
    ),
    (
        "FROM debian:12\nRUN cd /a/b && rm -r /a && curl -o /tool http://e.org/a\nRUN cd /a/b && rm /tool\n",
        ("FROM debian:12\nRUN cd /a/b && rm -r /a && curl -o /tool http://e.org/a \\\n    && cd /a/b && rm /tool\n"),
    ),
    (
        "FROM debian:12\nRUN tar -xf x -C /opt/x\nRUN useradd app\nRUN mkdir /data && chown -R app /opt/x /data\n",
        (
            "FROM debian:12\nRUN tar -xf x -C /opt/x \\\n    && useradd app \\\n"
            "    && mkdir /data && chown -R app /opt/x /data\n"
        ),
    ),
    (
        "FROM debian:12\nRUN git clone h://e/a.git\nRUN cd a && rm -rf .git\n",
        "FROM debian:12\nRUN git clone h://e/a.git && cd a && rm -rf .git\n",
    ),
    (
        "FROM debian:12\nRUN git clone -b x h://e/a /srv/a\nRUN rm -rf /srv/a/.git\n",
        "FROM debian:12\nRUN git clone -b x h://e/a /srv/a && rm -rf /srv/a/.git\n",
    ),
    (
        "FROM debian:12\nRUN cd /opt && curl -o tool http://e.org/t\nRUN chmod +x /opt/tool\n",
        "FROM debian:12\nRUN cd /opt && curl -o tool http://e.org/t \\\n    && chmod +x /opt/tool\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN rm /tool\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && rm /tool\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN unlink /tool\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && unlink /tool\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /d/tool http://e.org/t\nRUN rm /d/tool && rmdir /d\n",
        "FROM debian:12\nRUN curl -o /d/tool http://e.org/t && rm /d/tool && rmdir /d\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN strip /tool\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && strip /tool\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN touch /tool\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && touch /tool\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN chown app /tool\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && chown app /tool\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN chgrp app /tool\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && chgrp app /tool\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN mv /tool /u\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && mv /tool /u\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN ln /tool /u\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && ln /tool /u\n",
    ),
    (
        'FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN rm "/tool"\n',
        'FROM debian:12\nRUN curl -o /tool http://e.org/t && rm "/tool"\n',
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN chmod +x '/tool'\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && chmod +x '/tool'\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN touch -a /tool\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && touch -a /tool\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN sed -i s/a/b/ /tool\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && sed -i s/a/b/ /tool\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN sed --in-place s/a/b/ /tool\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && sed --in-place s/a/b/ /tool\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN sed -ri s/a/b/ /tool\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && sed -ri s/a/b/ /tool\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN sed -Ei s/a/b/ /tool\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && sed -Ei s/a/b/ /tool\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN sed '-i' s/a/b/ '/tool'\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && sed '-i' s/a/b/ '/tool'\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN rm /tool && apt-get purge -y curl\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && rm /tool && apt-get purge -y curl\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN rm /tool && apt-get clean\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && rm /tool && apt-get clean\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN rm /other && rm /tool\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && rm /other && rm /tool\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN ! rm /tool\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && ! rm /tool\n",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN curl -o /tool http://e.org/t\n"
            "RUN curl -o /other http://e.org/o\n"
            "RUN rm /other\n"
            "RUN rm /tool\n"
        ),
        (
            "FROM debian:12\n"
            "RUN curl -o /tool http://e.org/t \\\n"
            "    && curl -o /other http://e.org/o \\\n"
            "    && rm /other \\\n"
            "    && rm /tool\n"
        ),
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN chmod +x /tool\nRUN rm /tool\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t \\\n    && chmod +x /tool \\\n    && rm /tool\n",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN curl -o /other http://e.org/t\n"
            "RUN chmod +x /other\n"
            "RUN curl -o /tool http://e.org/t\n"
            "RUN chmod +x /tool\n"
        ),
        (
            "FROM debian:12\n"
            "RUN curl -o /other http://e.org/t && chmod +x /other\n"
            "RUN curl -o /tool http://e.org/t && chmod +x /tool\n"
        ),
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN chmod +x /tool\nUSER app\nRUN rm /tool\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && chmod +x /tool\nUSER app\nRUN rm /tool\n",
    ),
    (
        "FROM debian:12\nRUN unzip x.zip -d /opt/tool\nRUN chown -R app /opt/tool\n",
        "FROM debian:12\nRUN unzip x.zip -d /opt/tool && chown -R app /opt/tool\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /opt/a.zip http://e.org/a\nRUN cd $X && rm a.zip\n",
        "FROM debian:12\nRUN curl -o /opt/a.zip http://e.org/a && cd $X && rm a.zip\n",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN chmod -r /tool\n",
        "FROM debian:12\nRUN curl -o /tool http://e.org/t && chmod -r /tool\n",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM debian:12\nRUN curl -o /tool http://e.org/tool && chmod +x /tool\n", ("&&", "|| true\nRUN")),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/tool\nRUN chmod +x /tool && /tool --install\n", (" &&", "")),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/tool\nRUN chmod +x /other\n",
        ("chmod +x /other", "one\nRUN two\nRUN rm /tool"),
    ),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/tool\nENV A=b\nRUN chmod +x /tool\n", ("ENV A=b\n", "")),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/tool\nUSER app\nRUN rm /tool\n", ("USER app\n", "")),
    ("FROM debian:12\nRUN --network=host curl -o /tool http://e.org/tool\nRUN chmod +x /tool\n", "they have flags"),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/tool\nRUN one\nRUN two\nRUN three\nRUN chmod 1 /tool\n",
        ("RUN one\n", ""),
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/tool\nRUN one\nRUN two\nRUN rm /tool\n",
        "`one` in the first may leave something running",
    ),
    (
        "FROM debian:12\nRUN export A=b && curl -o /tool http://e.org/tool\nRUN chmod +x /tool\n",
        "`export` in the first would reach the second",
    ),
    (
        (
            "FROM debian:12 AS a\n"
            "RUN curl -o /tool http://e.org/t\n"
            "RUN chmod +x /tool\n"
            "FROM debian:12\n"
            "COPY --from=a /tool /t\n"
        ),
        (" AS a", ""),
    ),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN (rm /tool)\n", ("(rm /tool)", "rm /tool")),
    (
        "FROM debian:12\nRUN tar -xf x -C /opt/tool\nRUN chown -R app /opt/tool/a\n",
        "a change of one hard link is one of all, until a layer comes between",
    ),
    (
        "FROM debian:12\nRUN tar -xf x -C /opt/tool\nRUN chown app /opt/tool/a\n",
        "a change of one hard link is one of all, until a layer comes between",
    ),
    (
        "FROM debian:12\nRUN tar -xf x -C $D && tar -xf y -C /opt/tool\nRUN chown -R app /opt/tool\n",
        "a change of one hard link is one of all, until a layer comes between",
    ),
    ("FROM debian:12\nRUN mkdir -p /opt/x\nRUN chown -R app /opt/x\n", ("mkdir -p /opt/x", "cp -r /y /opt/x/")),
    ("FROM debian:12\nRUN make install\nRUN chown -R app /opt/x\n", ("make install", "cp -r /y /opt/x/")),
    ("FROM debian:12\nRUN echo a >/opt/x/y\nRUN chown -R app /opt/x\n", ("echo a >/opt/x/y", "cat a b >/opt/x/y")),
    ("FROM debian:12\nRUN mv /opt/x/y /y\nRUN chown -R app /opt/x\n", ("mv /opt/x/y /y", "cp -r /y /opt/x/")),
    (
        "FROM debian:12\nRUN chmod 700 /opt/x/y\nRUN chown -R app /opt/x\n",
        ("chmod 700 /opt/x/y", "chmod -R 700 /opt/x"),
    ),
    (
        "FROM debian:12\nRUN curl -o tool http://e.org/tool\nRUN mkdir /run/tool && chmod 777 /run/tool\n",
        ("mkdir /run/tool && chmod 777 /run/tool", "mkdir /run/tool && chmod 777 tool"),
    ),
    ("FROM debian:12\nRUN find / -delete\nRUN chown -R app /opt/x\n", ("find / -delete", "cp -r /y /opt/x/")),
    (
        "FROM debian:12\nWORKDIR /opt/x\nRUN make install\nRUN chmod -R g=u /opt/x\n",
        "a change of one hard link is one of all, until a layer comes between",
    ),
    ("FROM debian:12\nRUN git fetch h://e/a\nRUN rm -rf a/.git\n", ("fetch", "clone")),
    ("FROM debian:12\nRUN git clone $A\nRUN rm -rf /opt/x/.git\n", ("$A", "h://e/a /opt/x")),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN rmdir /tool\n", ("rmdir", "rm")),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN mv /other /tool\n", ("mv /other", "rm")),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN ln /other /tool\n", ("ln /other", "rm")),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN ln -s /tool /u\n", ("-s /tool", "/tool")),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN ln --symbolic /tool /u\n", (" --symbolic", "")),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN chmod /tool /other\n", ("/tool /other", "+x '/tool'")),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN chown /tool /x\n", ("/tool /x", "app /tool")),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN chmod --reference=/x /tool\n",
        ("chmod --reference=/x", "rm"),
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN chmod -v --reference=/x /tool\n",
        ("chmod -v --reference=/x", "rm"),
    ),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN touch -r /x /tool\n", ("-r /x", "-a")),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN sed s/a/b/ /tool\n", ("s/a/b/", "-i s/a/b/")),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN sed -i -e s/a/b/ /tool\n", ("-e s/a/b/", "s/a/b/")),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN sed -i -f /x /tool\n", ("-f /x", "s/a/b/")),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN sed -i /tool /other\n", ("/tool /other", "s/a/b/ /tool")),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN chmod +x /tool; make\n", ("/tool; make", "'/tool'")),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN if x; then chmod +x /tool; fi\n",
        ("if x; then chmod +x /tool; fi", "rm /tool"),
    ),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN chmod +x /tool > /log\n", (" >", "")),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN chmod 1 /tool && make\n", ("/tool && make", "/tool")),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN apt-get purge -y curl\n",
        ("apt-get", "rm /tool && apt-get"),
    ),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN apt-get clean\n", ("apt-get", "rm /tool && apt-get")),
    ('FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN ["rm", "/tool"]\n', ('["rm", "/tool"]', "rm /tool")),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN mkdir /a\nRUN mkdir /b || true\nRUN rm /tool\n",
        "the second goes on when a command fails",
    ),
    ("FROM debian:12\nCOPY tool.tgz /\nRUN tar xzf /tool.tgz\nRUN rm /tool.tgz\n", ("tar", "curl")),
    ("FROM debian:12\nCOPY tool /tool\nRUN cp -r /tool /uuu\nRUN rm -r /tool\n", (" /uuu", "")),
    ("FROM debian:12\nRUN mkdir -p /data\nRUN chown 1000 /data\n", ("mkdir", "curl")),
    ("FROM debian:12\nRUN curl -o /t http://e.org/t\nRUN chmod +x /other\n", ("/other", "curl")),
    ("FROM debian:12\nRUN test -e /usr/bin/x\nRUN chmod u-s /usr/bin/x\n", ("test", "curl")),
    ("FROM debian:12\nCOPY t.tgz /\nRUN tar xzf /t.tgz\nRUN rm /t.tgz\n", ("tar", "curl")),
    ("FROM debian:12\nRUN curl -o /t http://e.org/t\nRUN apt-get remove -y curl\n", ("apt-get", "chmod")),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN chmod +x /tool; rm /x\n", ("; rm", " && rm")),
    ("FROM debian:12\nRUN curl -o /opt/a.zip http://e.org/a\nRUN cd /opt && rm *.zip\n", ("*", "a")),
    ("FROM debian:12\nRUN unzip x.zip -d /opt/x\nRUN chown -R app /opt/x && make\n", (" && make", "")),
    ("FROM debian:12\nWORKDIR /opt/x\nRUN make install\nRUN rm -R /y /opt/x\n", ("rm -R /y", "chmod -R g=u")),
    ("FROM debian:12\nWORKDIR /opt/x\nRUN make install\nRUN chmod g=u /opt/x\n", ("chmod", "chmod -R")),
    (
        "FROM debian:12\nWORKDIR /opt/x\nRUN make install\nRUN chgrp -R app /opt/x\n",
        "a change of one hard link is one of all, until a layer comes between",
    ),
    (
        "FROM debian:12\nWORKDIR /opt\nRUN make install\nRUN chmod -R g=u /opt\n",
        ("WORKDIR /opt\nRUN make install\nRUN chmod -R g=u /opt", "WORKDIR /srv/x\nRUN make\nRUN chmod -R g=u /srv/x"),
    ),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN chmod 1 /tool && sed s/a/b/ /x\n", ("sed", "sed -i")),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN chmod 1 /tool && touch -r /x /y\n", ("-r", "-a")),
    ("FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN chgrp /tool /x\n", ("/tool /x", "app /tool")),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/t\nRUN chmod --reference=/x /y /tool\n",
        ("--reference=/x /y", "+x"),
    ),
    ('FROM debian:12\nRUN curl -o /tool http://e.org/t\nSHELL ["pwsh"]\nRUN rm /tool\n', ('SHELL ["pwsh"]\n', "")),
)

# what is said of them
SAYS = (
    (
        (
            "FROM debian:12\n"
            "RUN curl -fsSL https://example.com/tool -o /usr/local/bin/tool\n"
            "RUN chmod +x /usr/local/bin/tool\n"
        ),
        [Said("RUN chmod +x /usr/local/bin/tool", "what line 2 wrote is changed or removed in a layer of its own")],
    ),
    (
        (
            "FROM debian:12\n"
            "RUN curl -o /other http://e.org/t\n"
            "RUN chmod +x /other\n"
            "RUN curl -o /tool http://e.org/t\n"
            "RUN chmod +x /tool\n"
        ),
        [
            Said("RUN chmod +x /other", "what line 2 wrote is changed or removed in a layer of its own"),
            Said("RUN chmod +x /tool", "what line 4 wrote is changed or removed in a layer of its own"),
        ],
    ),
)


_D = "FROM debian:12\n"
_CLONE = _D + "RUN git clone h://e/a /src/a\n"
_WGET = _D + "RUN wget h://e/a-1.0.tgz\n"
# What one RUN stored and another one removes, which may do other things too.
TREES = (
    (_CLONE + "RUN make -C /src/a && rm -rf /src/a\n", _CLONE[:-1] + " && make -C /src/a && rm -rf /src/a\n"),
    (_WGET + "RUN tar xzf a-1.0.tgz && rm a-1.0.tgz\n", _WGET[:-1] + " && tar xzf a-1.0.tgz && rm a-1.0.tgz\n"),
    (
        _D + "RUN curl -o conda-x86_64.sh h://e/a\nRUN sh conda-x86_64.sh && rm conda-x86_64.sh\n",
        _D + "RUN curl -o conda-x86_64.sh h://e/a && sh conda-x86_64.sh && rm conda-x86_64.sh\n",
    ),
    (
        _WGET + "RUN tar xzf a-1.0.tgz\nRUN make -C a-1.0 && rm -rf a-1.0\n",
        _D + "RUN wget h://e/a-1.0.tgz\nRUN tar xzf a-1.0.tgz && make -C a-1.0 && rm -rf a-1.0\n",
    ),
    (
        _CLONE + "RUN ls\nRUN make\nRUN cat x\nRUN ls\nRUN rm -rf /src/a\n",
        _CLONE[:-1] + " \\\n    && ls \\\n    && make \\\n    && cat x \\\n    && ls \\\n    && rm -rf /src/a\n",
    ),
    # It goes where it began, once.
    (
        _D + "RUN cd /a && wget h://e/b-1.tgz\nRUN tar xf /a/b-1.tgz\nRUN make && rm /a/b-1.tgz\n",
        _D + "RUN cd /a && wget h://e/b-1.tgz \\\n    && cd / && tar xf /a/b-1.tgz \\\n    && make && rm /a/b-1.tgz\n",
    ),
    (
        _D + "WORKDIR /x\nRUN git clone h://e/a\nRUN cd a && make\nRUN cd a/b && make\nRUN rm -rf a\n",
        (
            _D + "WORKDIR /x\nRUN git clone h://e/a \\\n    && cd a && make \\\n    && cd /x/a/b && make \\\n"
            "    && cd /x && rm -rf a\n"
        ),
    ),
    (
        _D + "WORKDIR /x\nRUN git clone h://e/a\nRUN cd a && apt-get check && cd /x\nRUN rm -rf a\n",
        _D + "WORKDIR /x\nRUN git clone h://e/a \\\n    && cd a && apt-get check && cd /x \\\n    && rm -rf a\n",
    ),
    # A WORKDIR between them.
    (
        _CLONE + "WORKDIR /src/a\nRUN make\nWORKDIR /\nRUN rm -rf /src/a\n",
        _CLONE[:-1] + " \\\n    && cd /src/a && make \\\n    && rm -rf /src/a\n",
    ),
    (
        _CLONE + "WORKDIR /src/a\nRUN make\nRUN make install\nWORKDIR /app\nRUN rm -rf /src/a\n",
        _CLONE[:-1] + " \\\n    && cd /src/a && make \\\n    && make install \\\n    && rm -rf /src/a\nWORKDIR /app\n",
    ),
    (
        _CLONE + "WORKDIR /src/a\nRUN make && rm -rf /src/a\nENV A=b\nWORKDIR /app\nRUN make\n",
        _CLONE[:-1] + " && cd /src/a && make && rm -rf /src/a\nENV A=b\nWORKDIR /app\nRUN make\n",
    ),
    (
        _D + "RUN wget -O /tool h://e/t\nWORKDIR /app\nRUN chmod +x /tool\n",
        _D + "RUN wget -O /tool h://e/t && chmod +x /tool\nWORKDIR /app\n",
    ),
    (
        _D
        + "WORKDIR /x\nRUN wget h://e/a-1.0.tgz\nRUN tar xf a-1.0.tgz\n# why\nWORKDIR a-1.0\nRUN ./b && rm ../a-1.0.tgz\nWORKDIR /\n",
        (
            _D + "WORKDIR /x\nRUN wget h://e/a-1.0.tgz \\\n    && tar xf a-1.0.tgz \\\n# why\n"
            "    && cd /x/a-1.0 && ./b && rm ../a-1.0.tgz\nWORKDIR /\n"
        ),
    ),
)

TREES_KEPT = (
    # It only reads what is removed.
    (_D + "COPY a.tgz /\nRUN tar tf /a.tgz > /l\nRUN rm /a.tgz && ls\n", ("tar tf /a.tgz >", "tar cf /a.tgz")),
    (_D + "COPY b /b\nRUN install /b/a.bin /c\nRUN rm -r /b && ls\n", ("/b/a.bin /c", "/c /b/a.bin")),
    (_D + "COPY b /b\nRUN cp /b/a.bin /c\nRUN rm -r /b && ls\n", ("/b/a.bin /c", "/c /b/a.bin")),
    # Nothing large is removed, or nothing that one stored.
    (
        _D + "RUN curl -o a.sh h://e/a\nRUN sh a.sh && rm a.sh\n",
        ("a.sh h://e/a\nRUN sh a.sh && rm a.sh", "a-linux.sh h://e/a\nRUN sh a-linux.sh && rm a-linux.sh"),
    ),
    (
        _D + "RUN curl -o a.key h://e/a\nRUN cat a.key && rm a.key\n",
        ("a.key h://e/a\nRUN cat a.key && rm a.key", "a.tgz h://e/a\nRUN cat a.tgz && rm a.tgz"),
    ),
    (_D + "RUN tar xf /b.tgz\nRUN make && rm /b.tgz\n", ("rm /b.tgz", "rm -rf /b")),
    (_CLONE + "RUN make && rm -rf /src/b\n", ("/src/b", "/src/a")),
    (
        _CLONE.replace("\n", " && rm -rf /src/a\n").replace("12 && rm -rf /src/a", "12")
        + "RUN make && rm -rf /src/a\n",
        (" && rm -rf /src/a\nRUN", "\nRUN"),
    ),
    (_CLONE + "RUN make && rm -rf /src/a || true\n", (" || true", "")),
    (_CLONE + "RUN make && sudo rm -rf /src/a\n", ("sudo ", "")),
    (_CLONE + "RUN a\nRUN b\nRUN c\nRUN d\nRUN ls\nRUN make && rm -rf /src/a\n", ("RUN a\nRUN b\nRUN c\nRUN d\n", "")),
    (
        _D + "RUN true || git clone h://e/a /src/a\nRUN make && rm -rf /src/a\n",
        "a failure of its last command is ignored",
    ),
    (
        _D + "WORKDIR /w\nRUN cd /x && rm -rf /w && git clone h://e/a /src/a\nRUN touch y && rm -rf /src/a\n",
        "`cd /w` may fail, where the builder makes the directory again",
    ),
    # A directory that is not known, or not there, or may not come behind.
    (_CLONE + "WORKDIR /b\nRUN make && rm -rf /src/a\n", "line 3 may make a directory"),
    (_CLONE + "WORKDIR /src/a\nRUN make && rm -rf /src/a\n", "line 3 would make a directory that has been removed"),
    (_CLONE + "WORKDIR /src/a\nRUN make\nWORKDIR b\nRUN rm -rf /src/a\n", "line 5 may make a directory"),
    (_CLONE + "WORKDIR $B\nRUN make && rm -rf /src/a\nWORKDIR /\n", "line 3 may make a directory"),
    (_CLONE + "WORKDIR /src/a\nUSER app\nRUN make && rm -rf /src/a\nWORKDIR /\n", ("USER app\n", "")),
    (
        _D + "RUN mkdir /b && rm -r /b && git clone h://e/a /src/a\nWORKDIR /b\nRUN make && rm -rf /src/a\n",
        "line 3 may make a directory",
    ),
    (
        _D
        + "USER app\nWORKDIR /x\nRUN git clone h://e/a /src/a\nWORKDIR /src/a\nRUN make && rm -rf /src/a\nWORKDIR /\n",
        "it may need its WORKDIR",
    ),
)


@pytest.mark.parametrize(("before", "after"), TREES)
def test_trees(before: str, after: str) -> None:
    check_rewrite(RULE, before, after)


@pytest.mark.parametrize(("text", "expected"), TREES_KEPT)
def test_trees_kept(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


@pytest.mark.parametrize(("before", "after"), REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check_rewrite(RULE, before, after)


@pytest.mark.parametrize(("text", "expected"), KEEPS)
def test_keeps(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


@pytest.mark.parametrize(("text", "expected"), SAYS)
def test_says(text: str, expected: list[Said]) -> None:
    assert said(RULE, text) == expected
