package manifest

import (
	"strings"
	"sync"
)

// pythonModules are the modules of Python's standard library: sys.stdlib_module_names of version 3.11.7, those that came later, and
// those of Python 2 under their old names.
const pythonModules = `BaseHTTPServer ConfigParser Cookie HTMLParser Queue SimpleHTTPServer SocketServer StringIO __future__ abc aifc annotationlib antigravity argparse
array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii bisect builtins bz2 cPickle cProfile cStringIO calendar cgi cgitb chunk cmath
cmd code codecs codeop collections colorsys commands compileall compression concurrent configparser contextlib contextvars cookielib copy copyreg
crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils doctest email encodings ensurepip enum errno exceptions faulthandler
fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http
httplib idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3 linecache locale logging lzma mailbox mailcap
marshal math md5 mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse
os ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr
pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors sets sha shelve shlex
shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep
struct subprocess sunau symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios textwrap this thread threading time timeit tkinter
token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib urllib2 urlparse uu uuid venv
warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo`

var pythonStandard = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for _, m := range strings.Fields(pythonModules) {
		set[m] = true
	}
	return set
})

// Import is a module that a program loads.
type Import struct {
	Module string // the outermost package
	Line   int
}

// PythonImports returns the modules outside the standard library that a Python program loads, but for relative ones.
func PythonImports(text string) []Import {
	toks := pythonTokens(text)
	var out []Import
	add := func(t token) {
		if !t.str && isWord(t.text[0]) && !pythonStandard()[t.text] {
			out = append(out, Import{t.text, t.line})
		}
	}
	for i := 0; i+1 < len(toks); i++ {
		starts := i == 0 || toks[i-1].line < toks[i].line || toks[i-1].text == ":" || toks[i-1].text == ";"
		if toks[i].str || !starts {
			continue
		}
		switch toks[i].text {
		case "from":
			add(toks[i+1]) // a relative module begins with a point, which is no word
		case "import":
			add(toks[i+1])
			for j := i + 2; j+1 < len(toks) && toks[j].line == toks[i].line; j++ {
				if toks[j].text == "," {
					add(toks[j+1])
				}
			}
		}
	}
	return out
}
