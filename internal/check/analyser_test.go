package check

import (
	"strings"
	"testing"

	"misp-csirt-tooling/internal/manifest"
)

func TestStepAnalysers(t *testing.T) {
	for _, c := range []struct {
		step manifest.Step
		want string
	}{
		{manifest.Step{Run: "bandit -r src"}, "Bandit"},
		{manifest.Step{Run: "poetry run bandit -r src"}, "Bandit"},
		{manifest.Step{Run: "python -m bandit -r src"}, "Bandit"},
		{manifest.Step{Run: "pip install bandit && bandit -r src"}, "Bandit"},
		{manifest.Step{Run: "pip install bandit"}, ""},
		{manifest.Step{Run: "python3 -m pip install --user bandit safety"}, ""},
		{manifest.Step{Run: "go install github.com/securego/gosec/v2/cmd/gosec@latest"}, ""},
		{manifest.Step{Run: "echo run trivy later"}, ""},
		{manifest.Step{Run: "curl -sfL https://example.org/trivy/install.sh | sh -s -- -b /usr/local/bin"}, ""},
		{manifest.Step{Run: "pytest tests/test_bandit.py"}, ""},
		{manifest.Step{Run: "cat bandit.yml"}, ""},
		{manifest.Step{Run: "flake8 --config bandit.cfg"}, ""},
		{manifest.Step{Run: "docker run --rm -v $PWD:/src aquasec/trivy:latest fs /src"}, "Trivy"},
		{manifest.Step{Run: "/usr/bin/trivy \\\n  fs ."}, "Trivy"},
		{manifest.Step{Run: "tox -e bandit"}, "Bandit"},
		{manifest.Step{Run: "make gosec-scan"}, "gosec"},
		{manifest.Step{Run: "npm ci && npm audit --audit-level=high"}, "npm audit"},
		{manifest.Step{Run: "npm install"}, ""},
		{manifest.Step{Run: "go test -run=^$ -fuzz=FuzzParse -fuzztime=10s ./..."}, "Go fuzzing"},
		{manifest.Step{Run: "go test ./..."}, ""},
		{manifest.Step{Run: "psalm --taint-analysis"}, "Psalm's taint analysis"},
		{manifest.Step{Run: "psalm"}, ""},
		{manifest.Step{Run: "sh 'mvn org.owasp:dependency-check-maven:check'"}, "OWASP Dependency-Check"},
		{manifest.Step{Run: "cargo audit"}, "cargo-audit"},
		{manifest.Step{Run: "safety check -r requirements.txt"}, "Safety"},
		{manifest.Step{Run: "./tools/ci/libraries_cves_scanner.py --create-issues"}, "a script that looks for known vulnerabilities"},
		{manifest.Step{Run: "pytest tests/test_cve_scan.py::test_it"}, ""},
		{manifest.Step{Run: "mypy . && flake8 && black --check ."}, ""},
		{manifest.Step{Uses: "github/codeql-action/upload-sarif"}, ""},
		{manifest.Step{Uses: "github/codeql-action/analyze"}, "CodeQL"},
		{manifest.Step{Uses: "google/oss-fuzz/infra/cifuzz/actions/run_fuzzers"}, "CIFuzz"},
		{manifest.Step{Uses: "Jobs/SAST.gitlab-ci.yml"}, "GitLab SAST"},
		{manifest.Step{Uses: "$CI_SERVER_FQDN/components/container-scanning/container-scanning"}, "GitLab container scanning"},
		{manifest.Step{Uses: "snyk/snyk/scan"}, "Snyk"},
		{manifest.Step{Uses: "actions/checkout"}, ""},
	} {
		var names []string
		for _, a := range stepAnalysers(c.step, nil) {
			names = append(names, a.name)
		}
		if got := strings.Join(names, ", "); got != c.want {
			t.Errorf("%s%s: got %q, want %q", c.step.Uses, c.step.Run, got, c.want)
		}
	}
}

func TestAnalysersTable(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range analysers {
		if a.name == "" || seen[a.name] || len(a.uses)+len(a.runs) == 0 {
			t.Errorf("analyser %q is doubled or cannot be found", a.name)
		}
		seen[a.name] = true
		for _, s := range append(append([]string(nil), a.uses...), a.runs...) {
			if s != strings.ToLower(s) {
				t.Errorf("%s: %q is not in lower case", a.name, s)
			}
		}
	}
}
