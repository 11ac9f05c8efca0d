package manifest

import (
	"reflect"
	"testing"
)

func TestReadUpdateBot(t *testing.T) {
	for _, tt := range []struct {
		file, text string
		want       *UpdateBot
		packages   bool
	}{
		{".github/dependabot.yml", "version: 2\nupdates:\n  - package-ecosystem: pip\n    open-pull-requests-limit: 0\n  - package-ecosystem: npm\n",
			&UpdateBot{Name: "Dependabot", Line: 3, Ecosystems: []string{"pip", "npm"}}, true},
		{".github/dependabot.yml", "version: 2\nupdates:\n  - package-ecosystem: pip\n    open-pull-requests-limit: 0\n",
			&UpdateBot{Name: "Dependabot", Line: 3, Ecosystems: []string{"pip"}, SecurityOnly: true}, true},
		{".github/dependabot.yaml", "updates:\n  - package-ecosystem: github-actions\n", &UpdateBot{Name: "Dependabot", Line: 2, Ecosystems: []string{"github-actions"}}, false},
		{".github/dependabot.yml", "version: 2\nupdates: []\n", nil, false},
		{".github/dependabot.yml", "version: 2\n# updates:\n#  - package-ecosystem: pip\n", nil, false},
		{"renovate.json", `{"extends": ["config:recommended"]}`, &UpdateBot{Name: "Renovate", Line: 1}, true},
		{"renovate.json", `{"enabled": false}`, nil, false},
		{".github/renovate.json5", "// all of it\n{extends: ['x']}", &UpdateBot{Name: "Renovate", Line: 1}, true},
		{".pyup.yml", "update: false\n", nil, false},
		{".pyup.yml", "schedule: every week\n", &UpdateBot{Name: "PyUp", Line: 1}, true},
		{"docs/dependabot.md", "updates", nil, false},
	} {
		got := ReadUpdateBot(tt.file, tt.text)
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", tt.file, got, tt.want)
		}
		if got != nil && got.Packages() != tt.packages {
			t.Errorf("%s %q: Packages() = %v", tt.file, tt.text, got.Packages())
		}
	}
}

func TestBaseImages(t *testing.T) {
	got := BaseImages("FROM --platform=linux/amd64 docker.io/library/python:3.11-slim AS build\nRUN x\n\nfrom build\nFROM $BASE\nFROM scratch\nFROM node@sha256:00\n")
	want := []Image{{"python", "3.11-slim", 1}, {"node", "", 7}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestPythonImports(t *testing.T) {
	got := PythonImports("import os, yaml\nfrom . import x\nfrom requests.adapters import A\nimport lib.sub as s\n\"\"\"\nimport no\n\"\"\"\nif x: import redis\nprint('import nothing')\nx.import_y()\n")
	want := []Import{{"yaml", 1}, {"requests", 3}, {"lib", 4}, {"redis", 8}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
