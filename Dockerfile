# Two stages: a static binary, and a small image with git and the certificates that it needs.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /misp-csirt-tooling ./cmd/misp-csirt-tooling

FROM alpine:3.22
RUN apk add --no-cache ca-certificates git && adduser -D -H -u 10001 csirt && \
    install -d -o csirt -g csirt -m 700 /var/lib/misp-csirt-tooling
COPY --from=build /misp-csirt-tooling /usr/local/bin/misp-csirt-tooling
USER csirt
ENV MISP_CSIRT_TOOLING_LISTEN=0.0.0.0:6666 \
    MISP_CSIRT_TOOLING_STORE=bolt:/var/lib/misp-csirt-tooling/store.db
VOLUME /var/lib/misp-csirt-tooling
EXPOSE 6666
HEALTHCHECK --interval=30s --timeout=3s CMD wget -q -O /dev/null http://127.0.0.1:6666/healthcheck || exit 1
ENTRYPOINT ["misp-csirt-tooling"]
CMD ["serve"]
