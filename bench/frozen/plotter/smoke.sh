plotter /etc/plotter.conf
id -un; pwd
stat -c '%U:%G %a %n' /opt/plotter/bin/plotter /opt/plotter/share/plotter/worldmap.dat /etc/plotter.conf
ls /usr/src
command -v gcc || echo no compiler
dpkg -l | grep -c cmake
