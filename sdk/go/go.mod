module github.com/kener/go-sdk

go 1.24
