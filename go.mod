module misp-csirt-tooling

go 1.26

require (
	github.com/bmatcuk/doublestar/v4 v4.9.1
	golang.org/x/tools v0.40.0
)

require github.com/hashicorp/golang-lru/v2 v2.0.7
