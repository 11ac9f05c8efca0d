// Package manifest reads the files in which a project says to machines what it is made of and how it is built: manifests and
// lock files of dependencies, and the configuration of continuous integration. It is pure, and never fails: what cannot be
// read says nothing.
package manifest
