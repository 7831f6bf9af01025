#!/bin/sh
# base-image.sh TAG: a base image for the services where no registry offers a JRE. Debian's libc and libstdc++ (for the
# native parts of ONNX Runtime and Vosk), certificates, and a JRE linked from $JAVA_HOME. No shell.
# Needs Debian with apt and dpkg-deb, and an engine that answers; 15 to 40 s, nothing when the image is up to date.
set -eu
tag=$1
# What the services and their libraries use, by jdeps and by what they load by name; java.desktop is FreeTTS's.
modules=java.base,java.compiler,java.desktop,java.instrument,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml,jdk.crypto.ec,jdk.httpserver,jdk.jcmd,jdk.jfr,jdk.management,jdk.management.agent,jdk.naming.dns,jdk.net,jdk.unsupported,jdk.zipfs
packages="base-files netbase tzdata ca-certificates libc-bin libc6 libgcc-s1 libstdc++6 zlib1g"

key=$({ cat "$0" "$JAVA_HOME/release"; } | sha256sum | cut -c1-16)
if [ "$(docker image inspect -f '{{index .Config.Labels "base.key"}}' "$tag" 2>/dev/null)" = "$key" ]; then
  echo "$tag is up to date"
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$work/debs" "$root"
(cd "$work/debs" && apt-get -qq -o APT::Sandbox::User=root download $packages)
for d in lib lib64 bin sbin; do # merged /usr first
  mkdir -p "$root/usr/$d"
  ln -s "usr/$d" "$root/$d"
done
for deb in "$work"/debs/*.deb; do
  dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink --no-same-owner -C "$root"
done
rm -rf "$root"/usr/share/doc "$root"/usr/share/man "$root"/usr/share/locale "$root"/usr/share/lintian \
  "$root"/usr/lib/*-linux-gnu/gconv
mkdir -p "$root/etc/ssl/certs" "$root/tmp" "$root/app"
chmod 1777 "$root/tmp"
cat "$root"/usr/share/ca-certificates/mozilla/*.crt >"$root/etc/ssl/certs/ca-certificates.crt"
printf 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532::/app:/sbin/nologin\n' >"$root/etc/passwd"
printf 'root:x:0:\nnonroot:x:65532:\n' >"$root/etc/group"
printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$root/etc/nsswitch.conf"

java=$root/opt/java/openjdk
"$JAVA_HOME/bin/jlink" --add-modules "$modules" --strip-java-debug-attributes --generate-cds-archive \
  --no-header-files --no-man-pages --output "$java" >/dev/null
# jlink makes no archive for compact object headers, and a start without one takes twice as long.
"$java/bin/java" -XX:+UseCompactObjectHeaders -Xshare:dump >/dev/null
rm -f "$java"/lib/server/classes_nocoops.jsa

tar -C "$root" --sort=name --owner=0 --group=0 --numeric-owner -c . | docker import -c "LABEL base.key=$key" \
  -c 'ENV PATH=/opt/java/openjdk/bin:/usr/bin:/bin' -c 'ENV JAVA_HOME=/opt/java/openjdk' -c 'ENV LANG=C.UTF-8' \
  - "$tag" >/dev/null
echo "$tag made"
