"""The files that a lint looks at, and C++ text without comments or strings."""

import pathlib
import re
import subprocess


# Where a tree without git holds what is no source.
IGNORED = {"build", "node_modules", ".git", "__pycache__"}


class Finding:
    """What is wrong, and where; prints as file:line: message."""

    def __init__(self, path, line, message):
        self.path, self.line, self.message = str(path), line, message

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"

    def __repr__(self):
        return str(self)


class Tree:
    """A tree of sources: relative paths with '/', and their text."""

    def __init__(self, files):
        self._files = dict(files)

    @classmethod
    def of_directory(cls, root):
        """What git tracks or would add; without git, everything but build/."""
        root = pathlib.Path(root)
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root, check=False, capture_output=True)
        if listed.returncode == 0:
            names = [name.decode() for name in listed.stdout.split(b"\0") if name]
        else:
            names = [path.relative_to(root).as_posix() for path in root.rglob("*")
                     if not IGNORED & set(path.relative_to(root).parts)]
        files = {}
        for name in names:
            path = root / name
            if path.is_file() and not path.is_symlink():
                files[name] = path.read_text(encoding="utf-8", errors="replace")
        return cls(files)

    def names(self, *suffixes):
        """Paths in order; with suffixes, only those that end in one of them."""
        return sorted(name for name in self._files if not suffixes or name.endswith(suffixes))

    def cpp(self):
        """Paths of C++ sources and headers."""
        return self.names(".cc", ".h")

    def exists(self, name):
        """Whether there is such a file, or a folder that holds one."""
        name = name.rstrip("/")
        return name in self._files or any(other.startswith(name + "/") for other in self._files)

    def text(self, name):
        """The text of a file, or None."""
        return self._files.get(name)


_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/'
    r'|R"(?P<fence>[^()\\\s]{0,16})\(.*?\)(?P=fence)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'", re.DOTALL)


def blank_comments(text, blank_strings=False):
    """The same text with comments (and strings' contents) as blanks, lines kept."""

    def blank(match):
        token = match.group(0)
        if token[0] == "/":
            return re.sub(r"[^\n]", " ", token)
        if not blank_strings:
            return token
        return token[0] + re.sub(r"[^\n]", " ", token[1:-1]) + token[-1]

    return _TOKEN.sub(blank, text)


def line_of(text, offset):
    """The number of the line at an offset, from 1."""
    return text.count("\n", 0, offset) + 1


_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def includes(text):
    """(line, path) of every include that is not in a comment."""
    return [(line_of(text, match.start(1)), match.group(2))
            for match in _INCLUDE.finditer(blank_comments(text))]
