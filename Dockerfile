# cardvault and cardvault-sandbox, compiled by the same scripts as anywhere else. Builds with BuildKit
# and without. The last stage installs nothing: it gets the base image and the files of the packages
# that the programs need, so it keeps no compiler, no package list and no address of an archive.

# DEBIAN_ARCHIVE: the Debian archive to build from, if not the one that the base image names.
FROM debian:trixie-slim AS compiled
ARG DEBIAN_ARCHIVE
COPY compose/image/apt_packages /usr/local/sbin/
# What scripts/setup installs for a build. Here, so that a change of the sources does not repeat it.
WORKDIR /build
COPY scripts/setup scripts/setup
RUN apt_packages ca-certificates && scripts/setup build
COPY cmake cmake
COPY scripts/build scripts/build
COPY base base
COPY crypto crypto
COPY net net
COPY vault vault
COPY api api
COPY sandbox sandbox
COPY bench bench
# Of .cache, which need not be there, the folder ccache: what the compiler made before.
COPY CMakeLists.txt CMakePresets.json .cach[e] ./
RUN CCACHE_DIR=/build/ccache scripts/build release cardvault cardvault-sandbox && \
    mkdir -p /made/usr/local/bin && install -d -m 1777 /made/channels && \
    cp build/release/cardvault build/release/cardvault-sandbox /made/usr/local/bin && \
    strip --strip-debug /made/usr/local/bin/*
COPY compose/image/probe /made/usr/local/bin/
COPY config /made/usr/local/share/cardvault
RUN chmod -R u=rwX,go=rX /made/usr

FROM debian:trixie-slim AS libraries
ARG DEBIAN_ARCHIVE
COPY compose/image/apt_packages /usr/local/sbin/
RUN mkdir /needed && apt_packages --only /needed ca-certificates libcurl4t64 libdate-tz3 \
      libhiredis1.1.0 libicu76 libprometheus-cpp-core1.0 libsodium23 libspdlog1.15 libsqlite3-0 \
      libssl3t64 libzxcvbn0 tzdata

FROM debian:trixie-slim
COPY --from=libraries /needed/ /
COPY --from=compiled /made/ /
USER 10001:10001
ENV CARDVAULT_DATA=/var/lib/cardvault \
    CARDVAULT_LISTEN=0.0.0.0:8080 \
    CARDVAULT_ADMIN_LISTEN=0.0.0.0:8081
EXPOSE 8080 8081
# That it lives. Whether it can serve is /readyz, which a store that is down turns.
HEALTHCHECK --interval=10s --timeout=4s --start-period=10s CMD ["probe", "127.0.0.1:8081", "/livez"]
ENTRYPOINT ["cardvault"]
CMD ["serve"]
