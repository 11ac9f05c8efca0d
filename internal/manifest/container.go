package manifest

import (
	"strings"

	"misp-csirt-tooling/internal/pattern"
)

// Image is a base image that a container file names.
type Image struct {
	Name string // without registry and organisation: python
	Tag  string // empty if none is named
	Line int
}

// BaseImages returns the images that the stages of a Dockerfile begin with, stages of its own and variables left out
// (https://docs.docker.com/reference/dockerfile/#from).
func BaseImages(text string) []Image {
	var out []Image
	stages := map[string]bool{"scratch": true}
	n := 0
	for line := range strings.Lines(text) {
		n++
		words := strings.Fields(line)
		if len(words) < 2 || !strings.EqualFold(words[0], "FROM") {
			continue
		}
		words = words[1:]
		for len(words) > 1 && strings.HasPrefix(words[0], "--") {
			words = words[1:]
		}
		image := words[0]
		if len(words) > 2 && strings.EqualFold(words[1], "AS") {
			stages[strings.ToLower(words[2])] = true
		}
		if stages[strings.ToLower(image)] || strings.HasPrefix(image, "$") {
			continue
		}
		image, _, _ = strings.Cut(image, "@")
		image = image[strings.LastIndexByte(image, '/')+1:]
		name, tag, _ := strings.Cut(image, ":")
		out = append(out, Image{name, tag, n})
	}
	return out
}

// chart reads the charts that a chart of Helm is made of (https://helm.sh/docs/topics/charts/#chart-dependencies).
func chart(d *Dependencies, text string) {
	for _, root := range parseYAML(text) {
		for _, c := range root.get("dependencies").list() {
			version := c.get("version").text()
			d.add(Dependency{Name: c.get("name").text(), Version: version, Exact: oneVersion.MatchString(version), Line: c.line()})
		}
	}
}

// oneVersion is a version in full, which nothing else satisfies.
var oneVersion = pattern.New(`^=?v?\d+\.\d+\.\d+[\w.+-]*$`)
