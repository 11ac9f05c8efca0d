// Package repo holds the words that every room shares: what an attribute's value refers to, facts and the
// reasons why they are missing, and the snapshot in which all that was collected about a repository is kept.
package repo

import "strings"

// Ref names one repository, canonically: two values that mean the same repository have equal Refs.
type Ref struct {
	Scheme string // "https", "http" for an allowed host, "file" for a local directory
	Host   string // lower case, with the port if it is not the scheme's; empty for a local directory
	Path   string // no slash at its ends for hosts; lower case where the forge ignores case, and then without ".git"; absolute for a local directory
}

// String returns the canonical URL, or the path of a local directory.
func (r Ref) String() string {
	if r.Local() {
		return r.Path
	}
	if r.Path == "" {
		return r.Scheme + "://" + r.Host
	}
	return r.Scheme + "://" + r.Host + "/" + r.Path
}

// Local reports whether the repository is a directory on this machine.
func (r Ref) Local() bool { return r.Scheme == "file" }

// IsZero reports whether r names nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// Name returns the last element of the path without ".git", for the git directory of a working tree that of the tree.
func (r Ref) Name() string {
	p := strings.TrimSuffix(strings.TrimSuffix(r.Path, "/"), "/.git")
	return strings.TrimSuffix(p[strings.LastIndexByte(p, '/')+1:], ".git")
}
