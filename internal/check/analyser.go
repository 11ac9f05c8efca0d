package check

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
	{"Claude's security review", staticAnalysis, []string{"anthropics/claude-code-security-review"}, nil},
	{"GitLab SAST", staticAnalysis, []string{"security/sast.", "jobs/sast.", "jobs/sast-", "$ci_server_fqdn/components/sast", "gitlab.com/components/sast"}, nil},

	{"CIFuzz", fuzzing, []string{"google/oss-fuzz/infra/cifuzz"}, nil},
	{"OSS-Fuzz", fuzzing, nil, []string{"infra/helper.py build_fuzzers", "infra/helper.py run_fuzzer", "infra/helper.py check_build"}},
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
	{"the security flavour of MegaLinter", staticAnalysis, []string{"oxsecurity/megalinter/flavors/security"}, nil},
	{"MegaLinter", bundledLint, []string{"oxsecurity/megalinter", "megalinter/", "nvuillam/mega-linter"}, nil},
	{"Super-Linter", bundledLint, []string{"github/super-linter", "super-linter/super-linter"}, nil},
}
