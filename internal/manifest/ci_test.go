package manifest

import (
	"fmt"
	"strings"
	"testing"
)

// outline writes a pipeline as one line per step: job, how it starts, what the step uses or runs, and what weakens it.
func outline(p *Pipeline) string {
	if p == nil {
		return "nothing"
	}
	starts := map[Start]string{Never: "never", OnCall: "on call", ByHand: "by hand", ByItself: "by itself"}
	var b strings.Builder
	for _, j := range p.Jobs {
		for _, s := range j.Steps {
			fmt.Fprintf(&b, "%s %s: %s%s @%d", j.Name, starts[j.Start], s.Uses, strings.ReplaceAll(s.Run, "\n", ";"), s.Line)
			if s.Off {
				b.WriteString(" off")
			}
			if s.Lenient {
				b.WriteString(" lenient")
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

func TestCI(t *testing.T) {
	cases := []struct{ name, path, text, want string }{
		{"actions", ".github/workflows/ci.yml", `
on: [push, pull_request]
jobs:
  scan:
    steps:
      - uses: github/codeql-action/init@v3
        with: {languages: go}
      # - uses: aquasecurity/trivy-action@master
      - name: lint
        run: |
          # bandit -r .
          flake8 . # bandit later
        continue-on-error: true
      - uses: "docker://semgrep/semgrep:1.2"
        if: ${{ false }}
  off:
    if: false
    steps: [{run: gosec ./...}]
  after:
    needs: off
    steps: [{run: govulncheck ./...}]
  hand:
    if: github.event_name == 'workflow_dispatch'
    steps: [{run: trivy fs .}]
  either:
    if: github.event_name == 'workflow_dispatch' || github.event_name == 'push'
    steps: [{run: trivy fs .}]
  called:
    uses: owner/repo/.github/workflows/scan.yml@main
`, `scan by itself: github/codeql-action/init @6
scan by itself: flake8 .  @10 lenient
scan by itself: semgrep/semgrep @14 off
off never: gosec ./... @18
after never: govulncheck ./... @21
hand by hand: trivy fs . @24
either by itself: trivy fs . @27
called by itself: owner/repo/.github/workflows/scan.yml @29
`},
		{"dispatch only", ".github/workflows/scan.yaml", "on: workflow_dispatch\njobs: {a: {steps: [{run: x}]}}", "a by hand: x @2\n"},
		{"call or dispatch", ".github/workflows/scan.yaml", "on: {workflow_call: {}, workflow_dispatch: {}}\njobs: {a: {steps: [{run: x}]}}", "a by hand: x @2\n"},
		{"schedule", ".github/workflows/scan.yml", "on:\n  schedule: [{cron: '0 0 * * 0'}]\njobs: {a: {steps: [{run: x}]}}", "a by itself: x @3\n"},
		{"no branch", ".github/workflows/scan.yml", "on: {push: {branches-ignore: ['**']}}\njobs: {a: {steps: [{run: x}]}}", "a never: x @2\n"},
		{"no event", ".github/workflows/scan.yml", "jobs: {a: {steps: [{run: x}]}}", "a never: x @1\n"},
		{"not a workflow", ".github/workflows/scripts/x.yml", "on: push\njobs: {a: {steps: [{run: x}]}}", "nothing"},
		{"disabled by its name", ".github/workflows/x.yml.disabled", "on: push\njobs: {a: {steps: [{run: x}]}}", "nothing"},
		{"commented out", ".github/workflows/x.yml", "# on: push\n# jobs: {a: {steps: [{run: x}]}}", "nothing"},
		{"broken", ".github/workflows/x.yml", "on: push\njobs: {a: {steps: [{run: x}]}", "nothing"},
		{"forgejo", ".forgejo/workflows/x.yml", "on: push\njobs: {a: {steps: [{run: x}]}}", "a by itself: x @2\n"},
		{"action", ".github/actions/scan/action.yml", "name: scan\nruns: {using: composite, steps: [{run: x}]}", "scan on call: x @2\n"},
		{"gitlab", ".gitlab-ci.yml", `
include:
  - template: Jobs/SAST.gitlab-ci.yml
  - template: Security/Secret-Detection.gitlab-ci.yml
  - component: $CI_SERVER_FQDN/components/container-scanning/container-scanning@5.0
  - local: /ci/scan.yml
variables:
  SECRET_DETECTION_DISABLED: "true"
.base: &base
  image: {name: "aquasec/trivy:latest"}
.hidden:
  script: [gosec ./...]
scan:
  <<: *base
  script:
    - trivy fs .
    - [one, two]
  allow_failure: true
hand:
  extends: .hidden
  when: manual
never:
  script: bandit -r .
  rules: [{when: never}]
ruled:
  script: bandit -r .
  rules: [{if: $CI_MERGE_REQUEST_ID}, {when: never}]
by-rule:
  script: bandit -r .
  rules: [{if: $CI_MERGE_REQUEST_ID, when: manual}]
`, `include by itself: Jobs/SAST.gitlab-ci.yml @3
include by itself: Security/Secret-Detection.gitlab-ci.yml @4 off
include by itself: $CI_SERVER_FQDN/components/container-scanning/container-scanning @5
include by itself: ./ci/scan.yml @6
scan by itself: aquasec/trivy @10 lenient
scan by itself: trivy fs . @16 lenient
scan by itself: one @17 lenient
scan by itself: two @17 lenient
hand by hand: gosec ./... @12
never never: bandit -r . @23
ruled by itself: bandit -r . @26
by-rule by hand: bandit -r . @29
`},
		{"circle", ".circleci/config.yml", `
version: 2.1
orbs: {snyk: snyk/snyk@2.1.0}
jobs:
  test:
    docker: [{image: "cimg/go:1.22"}]
    steps: [checkout, {run: {command: gosec ./...}}, {run: go vet}, {snyk/scan: {fail-on-issues: false}}]
  unused:
    steps: [{run: trivy fs .}]
workflows:
  all: {jobs: [{test: {}}, snyk/scan]}
`, `snyk/scan by itself: snyk/snyk/scan @11
test by itself: cimg/go @6
test by itself: checkout @7
test by itself: gosec ./... @7
test by itself: go vet @7
test by itself: snyk/snyk/scan @7
unused never: trivy fs . @9
`},
		{"azure", "azure-pipelines.yml", `
trigger: [main]
stages:
- stage: scan
  jobs:
  - job: a
    steps:
    - script: bandit -r .
    - task: MicrosoftSecurityDevOps@1
      enabled: false
- stage: off
  condition: false
  jobs: [{job: b, steps: [{bash: x}]}]
`, `a by itself: bandit -r . @8
a by itself: MicrosoftSecurityDevOps @9 off
b never: x @13
`},
		{"azure in a folder", "pipelines/azure-tests.yaml", "trigger: none\npr: none\nsteps: [{script: x}]", " by hand: x @3\n"},
		{"azure by hand", "ci/azure-pipelines.yml", "trigger: none\npr: none\nsteps: [{script: x}]", " by hand: x @3\n"},
		{"drone", ".drone.yml", `
kind: pipeline
name: one
steps:
- name: test
  image: golang:1.22
  commands: [go vet ./..., "trivy fs ."]
---
kind: pipeline
name: two
trigger: {event: [promote]}
steps: [{name: a, commands: [x]}]
`, `one by itself: golang @6
one by itself: go vet ./... @7
one by itself: trivy fs . @7
two by hand: x @12
`},
		{"woodpecker", ".woodpecker/scan.yaml", `
when: [{event: push}, {event: manual}]
steps:
  scan: {image: aquasec/trivy, commands: [trivy fs .], failure: ignore}
  hand: {image: alpine, commands: [x], when: {event: manual}}
`, ` by itself: aquasec/trivy @4 lenient
 by itself: trivy fs . @4 lenient
 by itself: alpine @5 off
 by itself: x @5 off
`},
		{"travis", ".travis.yml", `
language: python
addons: {coverity_scan: {project: x}}
before_script: pip install bandit
script:
  - bandit -r .
jobs: {include: [{script: tox}]}
`, ` by itself: pip install bandit @4
 by itself: bandit -r . @6
 by itself: tox @7
 by itself: coverity_scan @3
`},
		{"jenkins", "Jenkinsfile", "pipeline {\n/* sh 'bandit'\n*/\n  // sh 'gosec'\n  sh 'trivy fs .' // all\n}", `pipeline by itself: pipeline { @1
pipeline by itself: sh 'trivy fs .' @5
pipeline by itself: } @6
`},
		{"bitbucket", "bitbucket-pipelines.yml", `
pipelines:
  default: [{step: {script: [make, {pipe: "snyk/snyk-scan:1.0"}]}}]
  custom: {nightly: [{step: {script: [x]}}]}
`, `default by itself: make @3
default by itself: snyk/snyk-scan @3
custom by hand: x @4
`},
		{"sourcehut", ".build.yml", "image: alpine\ntasks:\n  - test: |\n      govulncheck ./...\n", " by itself: govulncheck ./...\n @3\n"},
		{"appveyor", "appveyor.yml", "test_script:\n  - ps: x\n  - cmd: y\n", " by itself: x @2\n by itself: y @3\n"},
		{"cirrus", ".cirrus.yml", "scan_task:\n  scan_script: trivy fs .\n", " by itself: trivy fs . @2\n"},
		{"pre-commit", ".pre-commit-config.yaml", "repos:\n- repo: https://github.com/PyCQA/bandit\n  hooks: [{id: bandit, args: [-ll]}]", "pre-commit by hand: https://github.com/PyCQA/banditbandit -ll @3\n"},
		{"pre-commit.ci", ".pre-commit-config.yaml", "ci: {skip: [bandit]}\nrepos: [{repo: local, hooks: [{id: bandit}, {id: semgrep}]}]", "pre-commit by itself: localbandit @2 off\npre-commit by itself: localsemgrep @2\n"},
		{"another file", "config.yml", "script: x", "nothing"},
		{"a list", ".travis.yml", "- a\n- b", "nothing"},
	}
	for _, c := range cases {
		// The outline keeps the newline of block scalars visible as ";".
		want := strings.ReplaceAll(c.want, "./...\n @3", "./...; @3")
		if got := outline(CI(c.path, c.text)); got != want {
			t.Errorf("%s: got\n%swant\n%s", c.name, got, want)
		}
	}
}

func TestCILimits(t *testing.T) {
	if p := CI(".travis.yml", "script: x\n"+strings.Repeat("#", maxCI)); p != nil {
		t.Error("a file beyond the limit was read")
	}
	p := CI(".travis.yml", "script:\n"+strings.Repeat("- x\n", 3*maxSteps))
	if n := len(p.Jobs[0].Steps); n > maxSteps {
		t.Errorf("got %d steps, want at most %d", n, maxSteps)
	}
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for i := range 20 {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", 'b'+i, 'b'+i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", 'a'+i), 9), ","))
	}
	CI(".travis.yml", bomb+"script: *u\n") // must end
}

func TestLink(t *testing.T) {
	files := map[string]string{
		".github/workflows/ci.yml":           "on: push\njobs: {a: {uses: ./.github/workflows/scan.yml}, b: {steps: [{uses: ./.github/actions/audit}, {run: pre-commit run -a}]}}",
		".github/workflows/scan.yml":         "on: workflow_call\njobs: {scan: {steps: [{run: x}]}}",
		".github/workflows/lost.yml":         "on: workflow_call\njobs: {lost: {steps: [{run: x}]}}",
		".github/actions/audit/action.yml":   "name: audit\nruns: {steps: [{uses: ./.github/actions/deeper}]}",
		".github/actions/deeper/action.yaml": "name: deeper\nruns: {steps: [{run: x}]}",
		".pre-commit-config.yaml":            "repos: [{repo: local, hooks: [{id: bandit}]}]",
	}
	var pipelines []*Pipeline
	for path, text := range files {
		pipelines = append(pipelines, CI(path, text))
	}
	Link(pipelines)
	want := map[string]Start{"a": ByItself, "b": ByItself, "scan": ByItself, "lost": OnCall, "audit": ByItself, "deeper": ByItself, "pre-commit": ByItself}
	for _, p := range pipelines {
		for _, j := range p.Jobs {
			if j.Start != want[j.Name] {
				t.Errorf("%s starts %d, want %d", j.Name, j.Start, want[j.Name])
			}
		}
	}
}

func FuzzCI(f *testing.F) {
	for _, path := range []string{".github/workflows/a.yml", ".gitlab-ci.yml", ".circleci/config.yml", "azure-pipelines.yml", ".drone.yml", ".travis.yml", "Jenkinsfile", ".pre-commit-config.yaml"} {
		f.Add(path, "on: push\njobs: {a: &a {steps: [{run: x}], <<: *a}}\nscript: [x, {y: z}]\n")
	}
	f.Fuzz(func(t *testing.T, path, text string) {
		if p := CI(path, text); p != nil {
			if len(p.Jobs) == 0 || p.System == "" {
				t.Errorf("a pipeline without jobs or system: %+v", p)
			}
			Link([]*Pipeline{p})
		}
	})
}

func BenchmarkCI(b *testing.B) {
	text := "on: push\njobs:\n" + strings.Repeat("  job:\n    steps:\n      - uses: actions/checkout@v4\n      - run: make test\n", 50)
	b.ReportAllocs()
	for b.Loop() {
		CI(".github/workflows/ci.yml", text)
	}
}
