package manifest

import (
	"slices"
	"strings"
)

// notJobs are the keywords of a GitLab pipeline that are no jobs (CI/CD YAML syntax reference).
var notJobs = []string{"default", "include", "stages", "variables", "workflow", "spec", "image", "services", "cache", "before_script", "after_script"}

// gitlab reads a pipeline of GitLab CI.
func (p *Pipeline) gitlab(root *value) {
	all := ByItself
	if rules := root.get("workflow").get("rules"); rules != nil {
		all = rulesStart(rules)
	}
	if p.Path != ".gitlab-ci.yml" {
		all = min(all, OnCall)
	}
	p.includes(root, all)
	jobs := root.entries()
	for _, e := range jobs {
		if slices.Contains(notJobs, e.key) || strings.HasPrefix(e.key, ".") || e.get("script") == nil && e.get("extends") == nil && e.get("trigger") == nil {
			continue
		}
		layers := append([]*value{e.value}, extended(e.value, jobs, 0)...)
		find := func(key string) *value {
			for _, l := range layers {
				if v := l.get(key); v != nil {
					return v
				}
			}
			return nil
		}
		j := Job{Name: e.key, Line: e.line, Start: all}
		switch rules := find("rules"); {
		case find("when").text() == "never":
			j.Start = Never
		case find("when").text() == "manual":
			j.Start = min(j.Start, ByHand)
		case rules != nil:
			j.Start = min(j.Start, rulesStart(rules))
		}
		lenient := find("allow_failure").yes()
		image := find("image")
		if name := image.get("name"); name != nil {
			image = name
		}
		if image.text() != "" {
			j.Steps = append(j.Steps, Step{Line: image.line(), Uses: unversioned(image.text()), Lenient: lenient})
		}
		for _, key := range []string{"before_script", "script", "after_script"} {
			j.Steps = append(j.Steps, commands(find(key), lenient)...)
		}
		p.Jobs = append(p.Jobs, j)
	}
}

// includes makes steps of the templates and components that the pipeline includes, and of its own files.
func (p *Pipeline) includes(root *value, start Start) {
	j := Job{Name: "include", Line: root.get("include").line(), Start: start}
	add := func(name string, line int) {
		off := slices.ContainsFunc(root.get("variables").entries(), func(v entry) bool {
			what, found := strings.CutSuffix(v.key, "_DISABLED")
			return found && v.yes() && strings.Contains(strings.ReplaceAll(strings.ToUpper(name), "-", "_"), what)
		})
		j.Steps = append(j.Steps, Step{Line: line, Uses: unversioned(name), Off: off})
	}
	for _, inc := range root.get("include").list() {
		if t := inc.text(); t != "" {
			add(localName(t), inc.line())
		}
		for _, e := range inc.entries() {
			switch e.key {
			case "local":
				add(localName(e.text()), e.line)
			case "template", "component", "remote":
				add(e.text(), e.line)
			case "file":
				for _, t := range e.texts() {
					add(t, e.line)
				}
			}
		}
	}
	p.Jobs = append(p.Jobs, j)
}

// localName writes a path of the repository as actions do, and leaves URLs alone.
func localName(name string) string {
	if strings.Contains(name, "://") {
		return name
	}
	return "./" + strings.TrimPrefix(name, "/")
}

// extended returns the jobs that a job inherits from, nearest first.
func extended(job *value, jobs []entry, depth int) []*value {
	var out []*value
	if depth < 5 {
		for _, name := range job.get("extends").texts() {
			for _, e := range jobs {
				if e.key == name {
					out = append(append(out, e.value), extended(e.value, jobs, depth+1)...)
				}
			}
		}
	}
	return out
}

// rulesStart weighs the rules of a job: one that lets it start by itself is enough.
func rulesStart(rules *value) Start {
	start := Never
	for _, r := range rules.list() {
		switch r.get("when").text() {
		case "never":
			if r.get("if") == nil && r.get("changes") == nil && r.get("exists") == nil {
				return start
			}
		case "manual":
			start = max(start, ByHand)
		default:
			start = ByItself
		}
	}
	return start
}

// commands makes a step of each command of a list.
func commands(list *value, lenient bool) []Step {
	var steps []Step
	for _, c := range list.list() {
		for _, t := range c.texts() {
			if run := uncommented(t); run != "" {
				steps = append(steps, Step{Line: c.line(), Run: run, Lenient: lenient})
			}
		}
	}
	return steps
}
