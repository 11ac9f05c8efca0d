package check

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/manifest"
)

// analysis is what an analyser looks for, the telling kinds first.
type analysis uint8

const (
	staticAnalysis analysis = iota
	fuzzing
	dynamicAnalysis
	dependencyScan
	imageScan
	configurationScan // of infrastructure and workflows
	secretScan
	practiceScan // of how the project works
	bundledLint  // many linters, some of them for security
)

var analysisText = [...]string{"static analysis", "fuzzing", "dynamic analysis", "dependency scan", "image scan", "scan of configuration", "search for secrets",
	"scan of practices", "bundle of linters"}

// assesses reports whether the analysis is of the program, not of data around it only.
func (a analysis) assesses() bool { return a <= imageScan }

// analyser is a tool that assesses security, with how CI files show that it runs.
type analyser struct {
	name string
	kind analysis
	uses []string // beginnings of the names of actions, images, orbs, tasks, templates and hooks, in lower case
	runs []string // beginnings of a command, in lower case; a last * lets more letters follow
}

// analysers lists the tools. A tool that only reports style, types or licences is none.
var analysers = []analyser{
	{"CodeQL", staticAnalysis, []string{"github/codeql-action/analyze", "github/codeql-action/init"}, []string{"codeql database analyze"}},
	{"Semgrep", staticAnalysis, []string{"semgrep/", "returntocorp/semgrep", "https://github.com/semgrep/", "https://github.com/returntocorp/semgrep"},
		[]string{"semgrep", "opengrep"}},
	{"Bandit", staticAnalysis, []string{"pycqa/bandit-action", "https://github.com/pycqa/bandit", "tj-actions/bandit",
		"shundor/python-bandit-scan", "mdegis/bandit", "jpetrucciani/bandit-check"}, []string{"bandit"}},
	{"gosec", staticAnalysis, []string{"securego/gosec"}, []string{"gosec"}},
	{"Coverity", staticAnalysis, []string{"vapier/coverity-scan-action", "synopsys/", "blackduck-inc/", "coverity_scan"}, []string{"cov-build", "coverity"}},
	{"SonarQube", staticAnalysis, []string{"sonarsource/", "sonarcloud", "sonarqube", "sonarcloudprepare", "sonarqubeprepare"},
		[]string{"sonar-scanner", "sonar:sonar", "gradlew sonar", "sonarscanner", "withsonarqubeenv", "dotnet sonarscanner"}},
	{"Brakeman", staticAnalysis, []string{"brakeman"}, []string{"brakeman"}},
	{"Psalm's taint analysis", staticAnalysis, nil, []string{"taint-analysis"}},
	{"Pysa", staticAnalysis, []string{"facebook/pysa-action"}, []string{"pysa", "pyre analyze"}},
	{"regexploit", staticAnalysis, nil, []string{"regexploit*"}},
	{"njsscan", staticAnalysis, []string{"ajinabraham/njsscan-action"}, []string{"njsscan"}},
	{"DevSkim", staticAnalysis, []string{"microsoft/devskim-action"}, []string{"devskim"}},
	{"Microsoft Security DevOps", staticAnalysis, []string{"microsoft/security-devops-action", "microsoftsecuritydevops", "github/ossar-action"}, nil},
	{"Flawfinder", staticAnalysis, []string{"david-a-wheeler/flawfinder"}, []string{"flawfinder"}},
	{"PVS-Studio", staticAnalysis, []string{"pvs-studio"}, []string{"pvs-studio-analyzer"}},
	{"Clang Static Analyzer", staticAnalysis, nil, []string{"scan-build"}},
	{"FindSecBugs", staticAnalysis, nil, []string{"findsecbugs"}},
	{"Checkmarx", staticAnalysis, []string{"checkmarx"}, nil},
	{"Veracode", staticAnalysis, []string{"veracode/"}, nil},
	{"Bearer", staticAnalysis, []string{"bearer/bearer-action"}, []string{"bearer scan"}},
	{"Horusec", staticAnalysis, []string{"fike/horusec-action"}, []string{"horusec"}},
	{"Sobelow", staticAnalysis, nil, []string{"sobelow"}},
	{"phpcs-security-audit", staticAnalysis, nil, []string{"phpcs-security-audit"}},
	{"Codacy", staticAnalysis, []string{"codacy/codacy-analysis-cli-action"}, nil},
	{"GitLab SAST", staticAnalysis, []string{"security/sast.", "jobs/sast.", "jobs/sast-", "$ci_server_fqdn/components/sast", "gitlab.com/components/sast"}, nil},

	{"CIFuzz", fuzzing, []string{"google/oss-fuzz/infra/cifuzz"}, nil},
	{"ClusterFuzzLite", fuzzing, []string{"google/clusterfuzzlite"}, nil},
	{"Go fuzzing", fuzzing, nil, []string{"fuzztime", "go test -fuzz*"}},
	{"cargo-fuzz", fuzzing, nil, []string{"cargo fuzz run", "cargo hfuzz run"}},
	{"a fuzzer", fuzzing, []string{"forallsecure/mapi-action", "forallsecure/mcode-action"}, []string{"afl-fuzz", "honggfuzz", "atheris", "jazzer", "libfuzzer"}},
	{"GitLab fuzzing", fuzzing, []string{"coverage-fuzzing.", "security/coverage-fuzzing", "api-fuzzing.", "security/api-fuzzing"}, nil},

	{"OWASP ZAP", dynamicAnalysis, []string{"zaproxy/", "owasp/zap2docker", "ghcr.io/zaproxy/"}, []string{"zap-baseline*", "zap-full-scan*", "zap-api-scan*"}},
	{"GitLab DAST", dynamicAnalysis, []string{"security/dast", "dast.", "$ci_server_fqdn/components/dast"}, nil},

	{"Trivy", imageScan, []string{"aquasecurity/trivy-action", "aquasec/trivy", "ghcr.io/aquasecurity/trivy", "lazy-actions/gitrivy"}, []string{"trivy"}},
	{"Grype", imageScan, []string{"anchore/scan-action", "anchore/grype"}, []string{"grype"}},
	{"Docker Scout", imageScan, []string{"docker/scout-action"}, []string{"docker scout cves", "docker scout quickview"}},
	{"Clair", imageScan, []string{"quay.io/projectquay/clair"}, []string{"clairctl", "clair-scanner"}},
	{"GitLab container scanning", imageScan, []string{"security/container-scanning", "jobs/container-scanning", "container-scanning.",
		"$ci_server_fqdn/components/container-scanning"}, nil},
	{"Snyk", dependencyScan, []string{"snyk/", "snyksecurityscan"}, []string{"snyk test", "snyk monitor", "snyk code", "snyk container"}},
	{"OSV-Scanner", dependencyScan, []string{"google/osv-scanner"}, []string{"osv-scanner"}},
	{"govulncheck", dependencyScan, []string{"golang/govulncheck-action", "golang/vuln"}, []string{"govulncheck"}},
	{"pip-audit", dependencyScan, []string{"pypa/gh-action-pip-audit", "trailofbits/gh-action-pip-audit", "https://github.com/pypa/pip-audit",
		"https://github.com/trailofbits/pip-audit"}, []string{"pip-audit"}},
	{"Safety", dependencyScan, []string{"pyupio/safety", "https://github.com/lucas-c/pre-commit-hooks-safety"}, []string{"safety check", "safety scan"}},
	{"cargo-audit", dependencyScan, []string{"rustsec/audit-check", "actions-rs/audit-check", "actions-rust-lang/audit"}, []string{"cargo audit"}},
	{"cargo-deny", dependencyScan, []string{"embarkstudios/cargo-deny-action"}, []string{"cargo deny check", "cargo deny check advisories"}},
	{"npm audit", dependencyScan, []string{"oke-py/npm-audit-action"},
		[]string{"npm audit", "yarn audit", "yarn npm audit", "pnpm audit", "audit-ci", "better-npm-audit", "retire js", "bun audit"}},
	{"composer audit", dependencyScan, []string{"symfonycorp/security-checker-action"},
		[]string{"composer audit", "local-php-security-checker", "symfony security:check", "security:check"}},
	{"bundler-audit", dependencyScan, nil, []string{"bundler-audit", "bundle audit", "bundle-audit"}},
	{"mix audit", dependencyScan, nil, []string{"mix deps.audit", "mix hex.audit"}},
	{"dotnet's audit", dependencyScan, nil, []string{"dotnet list package --vulnerable", "package --vulnerable"}},
	{"OWASP Dependency-Check", dependencyScan, []string{"dependency-check/", "owasp/dependency-check"},
		[]string{"dependency-check*", "org.owasp:dependency-check*", "dependencycheckanalyze", "dependencycheck"}},
	{"dependency review", dependencyScan, []string{"actions/dependency-review-action"}, nil},
	{"Nancy", dependencyScan, []string{"sonatype-nexus-community/nancy"}, []string{"nancy sleuth"}},
	{"Mend", dependencyScan, []string{"whitesource", "mend"}, []string{"whitesource*"}},
	{"GitLab dependency scanning", dependencyScan, []string{"security/dependency-scanning", "jobs/dependency-scanning", "dependency-scanning.",
		"$ci_server_fqdn/components/dependency-scanning"}, nil},

	{"zizmor", configurationScan, []string{"zizmorcore/", "woodruffw/zizmor", "https://github.com/zizmorcore/", "https://github.com/woodruffw/zizmor"},
		[]string{"zizmor"}},
	{"Checkov", configurationScan, []string{"bridgecrewio/checkov", "https://github.com/bridgecrewio/checkov"}, []string{"checkov"}},
	{"tfsec", configurationScan, []string{"aquasecurity/tfsec"}, []string{"tfsec"}},
	{"KICS", configurationScan, []string{"checkmarx/kics"}, []string{"kics scan"}},
	{"Gitleaks", secretScan, []string{"gitleaks/", "zricethezav/gitleaks", "https://github.com/gitleaks/"}, []string{"gitleaks"}},
	{"TruffleHog", secretScan, []string{"trufflesecurity/"}, []string{"trufflehog"}},
	{"ggshield", secretScan, []string{"gitguardian/", "https://github.com/gitguardian/"}, []string{"ggshield"}},
	{"detect-secrets", secretScan, []string{"https://github.com/yelp/detect-secrets"}, []string{"detect-secrets*"}},
	{"GitLab secret detection", secretScan, []string{"security/secret-detection", "jobs/secret-detection", "$ci_server_fqdn/components/secret-detection"}, nil},
	{"OpenSSF Scorecard", practiceScan, []string{"ossf/scorecard-action"}, []string{"scorecard --repo"}},
	{"MegaLinter", bundledLint, []string{"oxsecurity/megalinter", "megalinter/", "nvuillam/mega-linter"}, nil},
	{"Super-Linter", bundledLint, []string{"github/super-linter", "super-linter/super-linter"}, nil},
}

// analysisRun is an analyser at work in a step of a pipeline.
type analysisRun struct {
	*analyser
	start   manifest.Start
	ignored bool // what it finds makes nothing fail and is kept nowhere
	line    int
	*Doc
}

// analysisRuns finds the analysers in the CI files, in the order of the files and of their lines. The project's own tool is none.
func (v *View) analysisRuns() []analysisRun {
	var out []analysisRun
	own := strings.ToLower(path.Base(v.Name))
	linters := v.securityLinters()
	tasks := manifest.Tasks{}
	for _, d := range v.Matching(manifest.TaskGlobs...) {
		tasks.Merge(manifest.ReadTasks(d.Path, d.Content()))
	}
	for _, p := range v.pipelines() {
		for _, j := range p.Jobs {
			kept := slices.ContainsFunc(j.Steps, keepsFindings)
			for _, s := range j.Steps {
				start := j.Start
				if s.Off {
					start = manifest.Never
				}
				for _, part := range withTasks(s, tasks, j.Matrix) {
					ignored := (s.Lenient || swallowed.MatchString(part.Run)) && !kept
					for _, a := range stepAnalysers(part, linters) {
						if !strings.EqualFold(a.name, own) {
							out = append(out, analysisRun{a, start, ignored, s.Line, p.doc})
						}
					}
				}
			}
		}
	}
	return out
}

// keepsFindings reports whether a step hands what was found to the forge, where somebody may read it.
func keepsFindings(s manifest.Step) bool {
	return strings.Contains(s.Uses, "upload-sarif") || strings.Contains(s.Uses, "upload-artifact")
}

// withTasks returns a step and, as steps of their own, the commands of the tasks that it calls.
func withTasks(s manifest.Step, tasks manifest.Tasks, matrix []string) []manifest.Step {
	parts := []manifest.Step{s}
	for _, commands := range tasks.Called(s.Run, matrix) {
		parts = append(parts, manifest.Step{Run: commands})
	}
	return parts
}

// swallowed matches the ways to run a command and let its findings pass.
var swallowed = regexp.MustCompile(`\|\|\s*(true|:|echo|exit 0)|--exit-zero|--no-fail|set \+e`)

// stepAnalysers returns the analysers that a step runs.
func stepAnalysers(s manifest.Step, linters []analyser) []*analyser {
	var out []*analyser
	uses, run := strings.ToLower(s.Uses), strings.ToLower(s.Run)
	words := wordsOf(run)
	var commands []string // split when some tool's name occurs, for most steps name none
	runs := func(tool string) bool {
		if !words[leadingWord(tool)] && !(strings.HasSuffix(tool, "*") && strings.Contains(run, strings.TrimSuffix(tool, "*"))) {
			return false
		}
		if commands == nil {
			commands = shellCommands(run)
		}
		return slices.ContainsFunc(commands, func(c string) bool { return calls(c, tool) })
	}
	for _, table := range [][]analyser{analysers, linters} {
		for i := range table {
			a := &table[i]
			if uses != "" && slices.ContainsFunc(a.uses, func(u string) bool { return strings.HasPrefix(uses, u) }) || slices.ContainsFunc(a.runs, runs) {
				out = append(out, a)
			}
		}
	}
	if len(out) == 0 && ownScan.MatchString(run) && slices.ContainsFunc(shellCommands(run), ownScan.MatchString) {
		out = append(out, &knownFlaws)
	}
	return out
}

// wordsOf returns the words of a text: letters and digits.
func wordsOf(text string) map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.FieldsFunc(text, notInWord) {
		words[w] = true
	}
	return words
}

func leadingWord(tool string) string {
	if i := strings.IndexFunc(tool, notInWord); i >= 0 {
		return tool[:i]
	}
	return tool
}

func notInWord(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }

// knownFlaws stands for a script of the project's own that compares what it bundles with lists of vulnerabilities.
var (
	knownFlaws = analyser{name: "a script that looks for known vulnerabilities", kind: dependencyScan}
	// ownScan matches a script that is named after the search for known vulnerabilities: "cve-scan.sh", "scan_vulns.py".
	ownScan = regexp.MustCompile(`(^|[ /])[\w-]*((cves?|vuln\w*)[-_]?scan|scan[-_]?(cves?|vuln))[\w-]*\.(py|sh|js|rb|pl)( |$)`)
)

var (
	// commandEnd is where one command of a shell ends.
	commandEnd = regexp.MustCompile(`\n|&&|\|\||[;|]`)
	// continued is the end of a line whose command goes on in the next one.
	continued = regexp.MustCompile(`\\\n`)
	// installs matches commands that fetch, print or look for a tool without running it.
	installs = regexp.MustCompile(`(?i)^((sudo|env|time|then|do|-|sh|bat|["'(])\s*|\w+=\S*\s+)*(python3?\s+-m\s+)?(pip3?|pipx|uv|poetry|pdm` +
		`|conda|apt|apt-get|yum|dnf|apk|brew|choco|snap|npm|yarn|pnpm|gem|cargo|go|composer|git|docker|dotnet tool)\s+(\S+\s+)?` +
		`(install|i|add|get|clone|pull|inject|require|global|update|upgrade|remove|fetch|checkout|tag|push)\b` +
		`|(?i)^\W*(sudo\s+)?(echo|printf|curl|wget|which|command|chmod|mv|cp|mkdir|cat|tar|unzip|cd|rm|export|test|grep|ls|export|gpg)\b`)
)

// taskRunner matches commands whose arguments are the names of tasks, which tell what these do.
var taskRunner = regexp.MustCompile(`^(make|(npm|yarn|pnpm) (run )?|tox|nox|task|just|invoke|inv|rake|\./gradlew|gradle|mage|hatch run|poe)\b`)

// calls reports whether a command is a call of a tool: its name stands there as a word of its own, not as a part of the name
// of a file or of an option's value.
func calls(command, tool string) bool {
	if taskRunner.MatchString(command) && document.HasWords(command, tool) {
		return true
	}
	tool, open := strings.CutSuffix(tool, "*")
	for pos := 0; ; {
		i := strings.Index(command[pos:], tool)
		if i < 0 {
			return false
		}
		start, end := pos+i, pos+i+len(tool)
		before := start == 0 || strings.IndexByte(" /\"'(=$`", command[start-1]) >= 0 ||
			command[start-1] == '-' && (start == 1 || strings.IndexByte(" -", command[start-2]) >= 0)
		if before && (open || end == len(command) || strings.IndexByte(" \"'):@=`", command[end]) >= 0) {
			return true
		}
		pos = start + 1
	}
}

// shellCommands splits what a step runs into commands in lower case, those left out that only install a tool.
func shellCommands(run string) []string {
	if run == "" {
		return nil
	}
	var out []string
	for _, c := range commandEnd.Split(continued.ReplaceAllString(run, " "), -1) {
		if c = strings.TrimSpace(c); c != "" && !installs.MatchString(c) {
			out = append(out, strings.ToLower(strings.Join(strings.Fields(c), " ")))
		}
	}
	return out
}

// securityLinters returns the general linters that the project configured to look for flaws of security.
func (v *View) securityLinters() []analyser {
	var out []analyser
	for _, d := range v.Matching(".golangci.*") {
		if manifest.LintsSecurity(d.Path, d.Content()) {
			out = append(out, analyser{"gosec in golangci-lint", staticAnalysis,
				[]string{"golangci/golangci-lint-action", "https://github.com/golangci/golangci-lint"}, []string{"golangci-lint"}})
		}
	}
	for _, d := range v.Matching("pyproject.toml", "{,.}ruff.toml") {
		if manifest.LintsSecurity(d.Path, d.Content()) {
			out = append(out, analyser{"the security rules of Ruff", staticAnalysis,
				[]string{"astral-sh/ruff-action", "chartboost/ruff-action", "https://github.com/astral-sh/ruff-pre-commit"}, []string{"ruff check", "ruff"}})
		}
	}
	return out
}
