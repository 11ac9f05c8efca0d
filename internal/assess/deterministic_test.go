package assess

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/forge"
	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// rich are the files of a repository that gives most checks something to read.
var rich = map[string]string{
	"README.md": `# Example Tool

Example Tool collects indicators and exchanges them with MISP, TheHive and Cortex as STIX 2.1 over TAXII.

## API

    GET /api/v1/indicators
    POST /api/v1/indicators

The token goes into the header. ` + "`curl https://tool.example.org/api/v1/indicators`" + ` lists what is there.

## Security

Report vulnerabilities to security@example.org, see [the policy](.github/SECURITY.md). Do not run it as root.

## Licence

MIT, and [GPL-2.0](LICENSES/GPL-2.0.txt) for the plugins. Report bugs in the [tracker](https://github.com/example/tool/issues).
`,
	".github/SECURITY.md": `# Security policy

Write to security@example.org or psirt@example.org. You get an answer within five days and a fix within 90 days; until the fix
is published please keep the report confidential. We request a CVE for each flaw.

## Supported versions

| Version | Supported |
| --- | --- |
| 2.x | yes |
`,
	"CONTRIBUTING.md":    "# Contributing\n\nFork it, branch off main, run `make test` and open a pull request. Each change is reviewed by two maintainers.\n",
	"CODE_OF_CONDUCT.md": "# Code of conduct\n\nWe follow the Contributor Covenant, version 2.1. Report harassment to conduct@example.org.\n",
	"CHANGELOG.md": "# Changelog\n\n## 2.1.0 (2023-11-01)\n\n### Security\n\n- CVE-2023-12345: a reader could write\n\n" +
		"## 2.0.0 (2023-02-01)\n\n- Drop Python 2\n\n## 1.0.0 (2022-01-01)\n\n- First release\n",
	"LICENSE": `MIT License

Copyright (c) 2020 Example Foundation
Copyright (c) 2021-2023 Another Example

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to
the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR
ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH
THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`,
	"pyproject.toml": "[project]\nname = \"example-tool\"\nlicense = \"Apache-2.0\"\nrequires-python = \">=3.9\"\n" +
		"dependencies = [\"requests>=2\", \"flask~=2.0\", \"pymisp\", \"stix2\", \"taxii2-client\", \"thehive4py\"]\n" +
		"\n[project.optional-dependencies]\ntest = [\"pytest\", \"bandit\"]\n",
	"package.json": `{"name": "example-tool-ui", "license": "MIT", "dependencies": {"vue": "^3.0.0", "axios": "^1.0.0"}, "devDependencies": {"eslint": "^8"}}`,
	".github/workflows/ci.yml": "on: [push, pull_request]\njobs:\n  test:\n    strategy:\n      matrix:\n        python: ['3.9', '3.12']\n    steps:\n" +
		"      - uses: actions/checkout@v4\n      - run: make lint test\n      - run: pip-audit\n  codeql:\n    steps:\n      - uses: github/codeql-action/analyze@v3\n",
	".github/dependabot.yml": "version: 2\nupdates:\n  - package-ecosystem: pip\n    directory: /\n    schedule: {interval: weekly}\n",
	"Makefile":               "lint:\n\tbandit -r src\n\tsemgrep scan\ntest: lint\n\tpytest\n",
	"docs/privacy.md": "# Privacy\n\nThe tool stores addresses of people who report. Delete them after 30 days with `purge --older 30`. " +
		"Addresses can be pseudonymised before they leave the house.\n",
	"docs/hardening.md":      "# Hardening\n\nDo not expose port 8080. Use TLS. Restrict the database to localhost. Change the default password. Run behind a proxy.\n",
	"docs/format.md":         "# Format of indicators\n\nVersion 1. Each record MUST have the field `type`. The field `value` is a string.\n",
	"docs/development.md":    "# Development\n\nWe plan in two-week sprints, review every change and release monthly.\n",
	"openapi.yaml":           "openapi: 3.0.0\ninfo: {title: Example Tool, version: '2.1', license: {name: MIT}}\npaths:\n  /indicators:\n    get: {summary: List}\n",
	"src/tool/__init__.py":   "# Copyright 2020 Example Foundation\n# SPDX-License-Identifier: MIT\n",
	"src/tool/exchange.py":   "# Copyright 2023 Third Example\n# SPDX-License-Identifier: GPL-2.0-only\nimport pymisp\nimport stix2\n",
	"src/tool/encryption.py": "# SPDX-License-Identifier: MIT\ndef pseudonymise(value): ...\n",
}

// richSnapshot collects the repository from a directory, as the command line does.
func richSnapshot(t *testing.T) *repo.Snapshot {
	t.Helper()
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		cmd.Env = []string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
			"GIT_AUTHOR_NAME=Example Author", "GIT_AUTHOR_EMAIL=author@example.org", "GIT_AUTHOR_DATE=1698800000 +0100",
			"GIT_COMMITTER_NAME=Example Committer", "GIT_COMMITTER_EMAIL=committer@example.org", "GIT_COMMITTER_DATE=1698800000 +0100",
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	git("init", "--quiet", "--initial-branch=main")
	for name, text := range rich {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git("add", "--all")
	git("commit", "--quiet", "--message", "Publish the tool\n\nSigned-off-by: Example Author <author@example.org>")
	for _, tag := range []string{"v1.0.0", "v2.0.0", "v2.1.0"} {
		git("tag", "--annotate", "--message", "Release "+tag, tag)
	}
	collector := &forge.Collector{Git: outbound.NewGit(outbound.Policy{})}
	s, err := collector.Collect(context.Background(), repo.Request{
		Target: repo.Target{Meaning: repo.Repository, Ref: repo.Ref{Scheme: "file", Path: dir}}, Want: new(check.Reading).Wanted,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Time = asOf
	return s
}

func findingsOf(t *testing.T, s *repo.Snapshot) string {
	t.Helper()
	type finding struct {
		ID string
		check.Finding
		Check any // only its id: the rest are functions
	}
	var all []finding
	for _, f := range Judge(repo.Target{Ref: s.Ref}, s).Findings {
		all = append(all, finding{ID: f.Check.ID, Finding: f})
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A snapshot judged again, and one that comes out of the store, gives the same findings to the byte.
func TestFindingsAreDeterministic(t *testing.T) {
	s := richSnapshot(t)
	before, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	want := findingsOf(t, s)
	judged := map[check.Status]int{}
	for _, f := range Judge(repo.Target{Ref: s.Ref}, s).Findings {
		judged[f.Status]++
	}
	if judged[check.Met] < 10 || judged[check.Partial]+judged[check.Unmet] < 3 {
		t.Errorf("the repository gives the checks little to say: %v", judged)
	}
	for i := range 50 {
		if got := findingsOf(t, s); got != want {
			t.Fatalf("round %d says\n%s\nthe first said\n%s", i, got, want)
		}
	}
	if after, err := json.Marshal(s); err != nil || string(after) != string(before) {
		t.Errorf("judging changed the snapshot, %v", err)
	}

	c, err := newCodec()
	if err != nil {
		t.Fatal(err)
	}
	packed, err := c.encode(&record{Collected: time.Unix(0, 0), Snapshot: s})
	if err != nil {
		t.Fatal(err)
	}
	stored, err := c.decode(packed)
	if err != nil {
		t.Fatal(err)
	}
	if got := findingsOf(t, stored.Snapshot); got != want {
		t.Errorf("out of the store\n%s\nbefore\n%s", got, want)
	}
	if !reflect.DeepEqual(stored.Snapshot.Files, s.Files) {
		t.Error("the files changed in the store")
	}
}
