# What the vendor serves: a repository with one package, another package beside it, and a source release.
cp "$APPLICATION/setup_3.x" "$SERVED"
cp -R "$APPLICATION/packages" "$APPLICATION/routes-1.4" "$SERVED"
cd "$SERVED"
chmod -R go+rX,go-w packages
chmod 755 packages/alertd/usr/bin/alertd packages/alert-plugins/usr/share/alertd/plugins/mail
mkdir -p packages/alertd/usr/share/alertd repository
python3 "$FILLER" 100000 9 >packages/alertd/usr/share/alertd/rules.csv
python3 "$FILLER" 150000 10 >packages/alert-plugins/usr/share/alertd/plugins/places.csv
python3 "$FILLER" 100000 11 >routes-1.4/history.csv
export SOURCE_DATE_EPOCH=1704067200
dpkg-deb --root-owner-group -Zgzip -b packages/alertd repository/alertd_3.1_all.deb >&2
dpkg-deb --root-owner-group -Zgzip -b packages/alert-plugins . >&2
{
    cat packages/alertd/DEBIAN/control
    echo "Filename: ./alertd_3.1_all.deb"
    echo "Size: $(stat -c %s repository/alertd_3.1_all.deb)"
    echo "SHA256: $(sha256sum repository/alertd_3.1_all.deb | cut -d' ' -f1)"
} >repository/Packages
tar --sort=name --owner=0 --group=0 --mtime=2024-01-01 -c routes-1.4 | gzip -n >routes-1.4.tar.gz
rm -r packages routes-1.4
