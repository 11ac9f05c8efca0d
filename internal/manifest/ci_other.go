package manifest

import (
	"misp-csirt-tooling/internal/pattern"
	"slices"
	"strings"
)

// circle reads the configuration of CircleCI (2.1). A job that no workflow names does not run.
func (p *Pipeline) circle(root *value) {
	orbs := map[string]string{}
	for _, e := range root.get("orbs").entries() {
		orbs[e.key] = unversioned(e.text())
	}
	resolve := func(name string) string {
		orb, command, found := strings.Cut(name, "/")
		if found && orbs[orb] != "" {
			return orbs[orb] + "/" + command
		}
		return name
	}
	planned := map[string]Start{}
	for _, w := range root.get("workflows").entries() {
		if w.get("when").text() == "false" || w.get("unless").yes() {
			continue
		}
		for _, j := range w.get("jobs").list() {
			name := j.text()
			for _, e := range j.entries() {
				name = e.key
			}
			planned[name] = ByItself
			if strings.Contains(name, "/") {
				p.Jobs = append(p.Jobs, Job{Name: name, Line: j.line(), Start: ByItself, Steps: []Step{{Line: j.line(), Uses: resolve(name)}}})
			}
		}
	}
	if root.get("workflows") == nil {
		planned["build"] = ByItself
	}
	for _, e := range root.get("jobs").entries() {
		j := Job{Name: e.key, Line: e.line, Start: planned[e.key]}
		for _, image := range e.get("docker").list() {
			j.Steps = append(j.Steps, Step{Line: image.line(), Uses: unversioned(image.get("image").text())})
		}
		for _, s := range e.get("steps").list() {
			if t := s.text(); t != "" {
				j.Steps = append(j.Steps, Step{Line: s.line(), Uses: resolve(t)})
			}
			for _, c := range s.entries() {
				run := c.text()
				if run == "" {
					run = c.get("command").text()
				}
				if c.key == "run" {
					j.Steps = append(j.Steps, Step{Line: c.line, Run: uncommented(run)})
				} else {
					j.Steps = append(j.Steps, Step{Line: c.line, Uses: resolve(c.key), With: settings(c.value)})
				}
			}
		}
		p.Jobs = append(p.Jobs, j)
	}
}

// azure reads a pipeline of Azure Pipelines: steps at the root, in jobs, or in the jobs of stages.
func (p *Pipeline) azure(root *value) {
	start := ByItself
	if root.get("trigger").text() == "none" && root.get("pr").text() == "none" && root.get("schedules") == nil {
		start = ByHand
	}
	job := func(v *value, start Start) {
		if neverTrue(v.get("condition").text()) {
			start = Never
		}
		j := Job{Name: v.get("job").text(), Line: v.line(), Start: start}
		for _, s := range v.get("steps").list() {
			step := Step{
				Line: s.line(), With: settings(s.get("inputs")), Lenient: s.get("continueOnError").yes(),
				Off: neverTrue(s.get("condition").text()) || s.get("enabled").text() == "false",
			}
			for _, e := range s.entries() {
				switch e.key {
				case "script", "bash", "pwsh", "powershell":
					step.Run = uncommented(e.text())
				case "task", "template":
					step.Uses = unversioned(e.text())
				}
			}
			j.Steps = append(j.Steps, step)
		}
		p.Jobs = append(p.Jobs, j)
	}
	job(root, start)
	for _, j := range root.get("jobs").list() {
		job(j, start)
	}
	for _, s := range root.get("stages").list() {
		stage := start
		if neverTrue(s.get("condition").text()) {
			stage = Never
		}
		for _, j := range s.get("jobs").list() {
			job(j, stage)
		}
	}
}

// drone reads a pipeline of Drone or Woodpecker: steps with commands, or images that are plugins.
func (p *Pipeline) drone(root *value) {
	j := Job{Name: root.get("name").text(), Line: root.line(), Start: min(eventStart(root.get("trigger")), eventStart(root.get("when")))}
	step := func(v *value) {
		own := eventStart(v.get("when"))
		off := own < ByItself
		lenient := v.get("failure").text() == "ignore"
		if image := v.get("image"); image.text() != "" {
			j.Steps = append(j.Steps, Step{Line: image.line(), Uses: unversioned(image.text()), With: settings(v.get("settings")), Off: off, Lenient: lenient})
		}
		for _, c := range commands(v.get("commands"), lenient) {
			c.Off = off
			j.Steps = append(j.Steps, c)
		}
	}
	for _, key := range []string{"steps", "pipeline"} {
		steps := root.get(key)
		for _, e := range steps.entries() {
			step(e.value)
		}
		if len(steps.entries()) == 0 {
			for _, v := range steps.list() {
				step(v)
			}
		}
	}
	p.Jobs = append(p.Jobs, j)
}

// byHandEvents are the events of Drone and Woodpecker that a person causes.
var byHandEvents = []string{"manual", "custom", "promote", "rollback", "deployment"}

// eventStart weighs the conditions of Drone and Woodpecker: of alternatives, one that holds by itself is enough.
func eventStart(conditions *value) Start {
	alternatives := conditions.list()
	byHand := func(c *value) bool {
		events := slices.Concat(c.get("event").texts(), c.get("event").get("include").texts())
		return len(events) > 0 && !slices.ContainsFunc(events, func(e string) bool { return !slices.Contains(byHandEvents, e) })
	}
	if len(alternatives) > 0 && !slices.ContainsFunc(alternatives, func(c *value) bool { return !byHand(c) }) {
		return ByHand
	}
	return ByItself
}

// hooks reads the hooks of pre-commit. A contributor runs them if he likes; a "ci" section is for the service that runs them on each change.
func (p *Pipeline) hooks(root *value) {
	j := Job{Name: "pre-commit", Line: root.line(), Start: ByHand}
	if root.get("ci") != nil {
		j.Start = ByItself
	}
	skipped := root.get("ci").get("skip").texts()
	for _, r := range root.get("repos").list() {
		for _, h := range r.get("hooks").list() {
			id := h.get("id").text()
			stages := h.get("stages").texts()
			run := id
			if entry := h.get("entry").text(); entry != "" {
				run = entry
			}
			j.Steps = append(j.Steps, Step{
				Line: h.line(), Uses: r.get("repo").text(), Run: strings.Join(append([]string{run}, h.get("args").texts()...), " "),
				Off: slices.Contains(skipped, id) || len(stages) == 1 && stages[0] == "manual",
			})
		}
	}
	p.Jobs = append(p.Jobs, j)
}

// bitbucket reads the pipelines of Bitbucket. Those under "custom" start by hand.
func (p *Pipeline) bitbucket(root *value) {
	for _, e := range root.get("pipelines").entries() {
		j := Job{Name: e.key, Line: e.line, Start: ByItself}
		if e.key == "custom" {
			j.Start = ByHand
		}
		for _, v := range e.list() {
			j.Steps = scriptSteps(v, j.Steps)
		}
		p.Jobs = append(p.Jobs, j)
	}
}

// scripts reads the systems whose files hold lists of commands at several places.
func (p *Pipeline) scripts(root *value) {
	j := Job{Line: root.line(), Start: ByItself, Steps: scriptSteps(root, nil)}
	for _, e := range root.get("addons").entries() {
		j.Steps = append(j.Steps, Step{Line: e.line, Uses: e.key})
	}
	p.Jobs = append(p.Jobs, j)
}

// scriptKey matches the keys of commands: script, before_script, test_script, on_success, tasks, install, commands.
var scriptKey = pattern.New(`(^|_)script$|^(after|before)_\w+$|^(install|tasks|commands|on_success|pipe)$`)

func scriptSteps(v *value, steps []Step) []Step {
	for _, e := range v.entries() {
		switch {
		case e.key == "pipe":
			steps = append(steps, Step{Line: e.line, Uses: unversioned(e.text())})
		case scriptKey.MatchString(e.key):
			for _, c := range e.list() {
				steps = append(steps, commands(c, false)...)
				for _, named := range c.entries() { // a shell by name, or a task
					if named.key == "pipe" {
						steps = append(steps, Step{Line: named.line, Uses: unversioned(named.text())})
						continue
					}
					steps = append(steps, commands(named.value, false)...)
				}
			}
		default:
			for _, c := range e.list() {
				steps = scriptSteps(c, steps)
			}
		}
		if len(steps) > maxSteps {
			return steps
		}
	}
	return steps
}

var (
	// groovyBlock is a comment over several lines.
	groovyBlock = pattern.New(`(?s)/\*.*?\*/`)
	// groovyLine is a comment up to the end of a line.
	groovyLine = pattern.New(`(^|\s)//.*$`)
)

// jenkins reads a Jenkinsfile. It is a program, so each of its lines that is no comment is taken for a command.
func (p *Pipeline) jenkins(text string) {
	text = groovyBlock.ReplaceAllStringFunc(text, blankLines)
	j := Job{Name: "pipeline", Line: 1, Start: ByItself}
	number := 0
	for line := range strings.Lines(text) {
		number++
		if run := strings.TrimSpace(groovyLine.ReplaceAllString(strings.TrimRight(line, "\r\n"), "")); run != "" {
			j.Steps = append(j.Steps, Step{Line: number, Run: uncommented(run)})
		}
	}
	p.Jobs = append(p.Jobs, j)
}
