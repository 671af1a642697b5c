"""What ``packages-installed-apart`` leaves alone, beside the cases in its module."""

from __future__ import annotations

import pytest

from dfopt.optimizer import Settings, optimize

_APT = "apt-get update && apt-get install -y"
KEEPS = (
    f"FROM debian:12\nRUN {_APT} a\nCOPY a /etc/a\nRUN {_APT} b && make\n",
    f"FROM debian:12\nRUN {_APT} a\nRUN make\nRUN {_APT} b && make\n",
    f"FROM debian:12\nRUN {_APT} a\nENV A=b\nRUN {_APT} b && make\n",
    f"FROM debian:12\nRUN {_APT} a\nUSER a\nRUN {_APT} b && make\n",
    f"FROM debian:12\nRUN {_APT} a\nCOPY a /a\nRUN {_APT} b || make\n",
    f"FROM debian:12\nRUN {_APT} a\nCOPY a /a\nRUN {_APT} b && make; make\n",
    f"FROM debian:12\nRUN {_APT} a\nCOPY a /a\nRUN make && {_APT} b\n",
    f"FROM debian:12\nRUN {_APT} a\nCOPY a /a\nRUN {_APT} b && ./install.sh\n",
    f"FROM debian:12\nRUN {_APT} a\nCOPY a.deb /a/\nRUN {_APT} /a/a.deb && make\n",
    f"FROM debian:12\nRUN {_APT} a\nCOPY a /a\nRUN {_APT} b && make\nRUN apt-get install -y c\n",
    f"FROM debian:12\nRUN {_APT} a\nRUN {_APT} b\n",
    f"FROM debian:12\nRUN {_APT} a\nRUN {_APT} b && rm -rf /var/lib/apt/lists/* /tmp/*\n",
    f"FROM debian:12\nRUN {_APT} a\nEXPOSE 1\nRUN {_APT} b && rm -rf /var/lib/apt/lists/* /tmp/*\n",
    f"FROM debian:12\nRUN apt-get install -y a\nCOPY a /a\nRUN {_APT} b && make\n",
    f"FROM debian:12\nRUN --network=host {_APT} a\nCOPY a /a\nRUN {_APT} b && make\n",
    f"FROM debian:12 AS a\nRUN {_APT} a\nCOPY a /a\nRUN {_APT} b && make\nFROM debian:12\nCOPY --from=a /b /b\n",
)


@pytest.mark.parametrize("text", KEEPS)
def test_keeps(text: str) -> None:
    assert not optimize(text, settings=Settings(select=frozenset(("packages-installed-apart",)), unsafe=True)).changed


def test_a_clean_up_right_behind_the_install_goes_with_it() -> None:
    first = "FROM debian:12\nRUN apt-get update && apt-get install -y a"
    text = (
        f"{first}\nCOPY a /srv/a/a\nRUN apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists/* && make\n"
    )
    result = optimize(text, settings=Settings(select=frozenset(("packages-installed-apart",))))
    assert result.text == f"{first} && apt-get install -y b\nCOPY a /srv/a/a\nRUN make\n"
