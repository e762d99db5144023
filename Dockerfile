# One static binary on an empty base. The data folder is a volume; everything else is in the binary.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
COPY server/internal/store/nosqlite3 server/internal/store/nosqlite3
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /hindsight ./server && mkdir /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /hindsight /hindsight
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
ENV HINDSIGHT_ADDR=0.0.0.0:8080 HINDSIGHT_DATA=/data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["/hindsight", "doctor", "--ready"]
ENTRYPOINT ["/hindsight"]
