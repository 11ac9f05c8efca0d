package manifest

import (
	"path"
	"slices"
	"strings"
)

// CIGlobs are the places of the files that CI reads, as globs of lower-case paths.
var CIGlobs = []string{
	".github/workflows/*.{yml,yaml}", ".{forgejo,gitea}/workflows/*.{yml,yaml}", ".github/actions/**/action.{yml,yaml}",
	".gitlab-ci.yml", ".gitlab/ci/**/*.yml", ".circleci/config.yml", ".travis.yml", "{,.}azure-pipelines*.yml", ".azure-pipelines/*.yml", ".azure/pipelines/*.yml", "pipelines/azure-*.{yml,yaml}",
	".drone.yml", ".woodpecker.{yml,yaml}", ".woodpecker/*.{yml,yaml}", "jenkinsfile", "{ci,.ci,jenkins,.jenkins}/jenkinsfile*",
	"bitbucket-pipelines.yml", ".cirrus.yml", "{,.}appveyor.yml", ".build.yml", ".builds/*.yml", ".pre-commit-config.{yml,yaml}",
}

// Start says what makes a job or a step run. Of two, the greater one runs more readily.
type Start uint8

// The ways to start.
const (
	Never    Start = iota // it is disabled
	OnCall                // when another pipeline calls it; Link resolves it
	ByHand                // only when a person asks for it
	ByItself              // on changes, on releases, or on a schedule
)

// Pipeline is what a file of continuous integration says, whatever the system.
type Pipeline struct {
	Path   string
	System string
	Jobs   []Job
}

// Job is a sequence of steps.
type Job struct {
	Name     string
	Line     int
	Start    Start
	Steps    []Step
	callable bool // another pipeline may start it too
	// Matrix are the values of the matrix in which the job runs, words that its steps may name.
	Matrix []string
}

// Step is one thing that a job does.
type Step struct {
	Line int
	// Uses names what is taken from elsewhere, without its version: an action, a called workflow, an orb, a template, a task, a hook or an image.
	Uses string
	// With are the scalar settings of what is used.
	With map[string]string
	// Run are shell commands, without comments.
	Run string
	// Off reports that the step is disabled, Lenient that the job goes on when the step fails.
	Off, Lenient bool
}

// maxCI is the size in bytes of the largest file that is read, maxSteps the number of steps that are kept of one.
const (
	maxCI    = 512 << 10
	maxSteps = 2000
)

// CI reads a file of continuous integration by its path: GitHub, Forgejo and Gitea Actions, GitLab CI, CircleCI, Travis CI, Azure
// Pipelines, Drone, Woodpecker, Jenkins, Bitbucket Pipelines, Cirrus CI, AppVeyor, SourceHut builds, and the hooks of pre-commit.
// It returns nil for other files and for what does not parse or holds no job, so that nothing broken counts as running.
func CI(file, text string) *Pipeline {
	if len(text) > maxCI {
		return nil
	}
	p := &Pipeline{Path: file}
	read := p.reader(strings.ToLower(file))
	if read == nil {
		return nil
	}
	read(text)
	p.bound()
	if len(p.Jobs) == 0 {
		return nil
	}
	return p
}

func (p *Pipeline) reader(lower string) func(text string) {
	base, dir := path.Base(lower), path.Dir(lower)
	yaml := strings.HasSuffix(base, ".yml") || strings.HasSuffix(base, ".yaml")
	is := func(system string, read func(root *value)) func(string) {
		p.System = system
		return func(text string) {
			for _, root := range parseYAML(text) {
				read(root)
			}
		}
	}
	switch {
	case strings.HasPrefix(base, "jenkinsfile"):
		p.System = "Jenkins"
		return p.jenkins
	case !yaml:
		return nil
	case dir == ".github/workflows":
		return is("GitHub Actions", p.workflow)
	case dir == ".forgejo/workflows", dir == ".gitea/workflows":
		return is("Forgejo Actions", p.workflow)
	case base == "action.yml", base == "action.yaml":
		return is("GitHub Actions", p.action)
	case base == ".gitlab-ci.yml", strings.HasPrefix(dir, ".gitlab/ci"):
		return is("GitLab CI", p.gitlab)
	case dir == ".circleci":
		return is("CircleCI", p.circle)
	case strings.Contains(base, "azure-pipelines"), strings.HasPrefix(dir, ".azure"), strings.HasSuffix(dir, "pipelines") && strings.HasPrefix(base, "azure-"):
		return is("Azure Pipelines", p.azure)
	case strings.HasPrefix(base, ".drone"):
		return is("Drone", p.drone)
	case base == ".woodpecker.yml", base == ".woodpecker.yaml", dir == ".woodpecker":
		return is("Woodpecker", p.drone)
	case strings.HasPrefix(base, ".pre-commit-config"):
		return is("pre-commit", p.hooks)
	case base == "bitbucket-pipelines.yml":
		return is("Bitbucket Pipelines", p.bitbucket)
	case base == ".travis.yml":
		return is("Travis CI", p.scripts)
	case base == ".cirrus.yml":
		return is("Cirrus CI", p.scripts)
	case strings.HasSuffix(base, "appveyor.yml"):
		return is("AppVeyor", p.scripts)
	case base == ".build.yml", dir == ".builds":
		return is("SourceHut builds", p.scripts)
	}
	return nil
}

func (p *Pipeline) bound() {
	left := maxSteps
	for i := range p.Jobs {
		steps := &p.Jobs[i].Steps
		*steps = (*steps)[:min(len(*steps), left)]
		left -= len(*steps)
	}
	p.Jobs = slices.DeleteFunc(p.Jobs, func(j Job) bool { return len(j.Steps) == 0 })
}

// maxCalls is how deep workflows call each other.
const maxCalls = 3

// Link gives what is called the start of its caller: workflows and actions of the same repository, files that a GitLab pipeline
// includes, and the hooks of pre-commit where a job runs them. What nobody calls stays OnCall.
func Link(pipelines []*Pipeline) {
	for range maxCalls {
		for _, caller := range pipelines {
			for _, j := range caller.Jobs {
				for _, s := range j.Steps {
					if j.Start > OnCall && !s.Off {
						call(pipelines, s, j.Start)
					}
				}
			}
		}
	}
}

func call(pipelines []*Pipeline, s Step, start Start) {
	local, isLocal := strings.CutPrefix(s.Uses, "./")
	local = path.Clean(local)
	hooks := strings.HasPrefix(s.Uses, "pre-commit/action") || strings.Contains(s.Run, "pre-commit run") || strings.Contains(s.Run, "prek run")
	for _, p := range pipelines {
		called := isLocal && (p.Path == local || path.Dir(p.Path) == local && strings.HasPrefix(path.Base(p.Path), "action.")) ||
			hooks && p.System == "pre-commit"
		if !called {
			continue
		}
		for i := range p.Jobs {
			if j := &p.Jobs[i]; j.Start == OnCall || j.callable || p.System == "pre-commit" && j.Start == ByHand {
				j.Start = max(j.Start, start)
			}
		}
	}
}
