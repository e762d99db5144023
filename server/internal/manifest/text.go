package manifest

import (
	"bytes"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// document is an object as YAML has it.
type document struct {
	APIVersion string   `yaml:"apiVersion"`
	Kind       string   `yaml:"kind"`
	Metadata   metadata `yaml:"metadata"`
	Spec       any      `yaml:"spec"`
}

// texts writes objects of this program as YAML documents, the same for the same objects.
func texts(objects ...Object) (string, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	for _, o := range objects {
		if err := enc.Encode(document{APIVersion, o.Kind, metadata{o.Name}, o.Spec}); err != nil {
			return "", fmt.Errorf("manifest: write %s %q: %w", o.Kind, o.Name, err)
		}
	}
	if len(objects) == 0 {
		return "", nil
	}
	err := enc.Close()
	return b.String(), err
}

// unified returns the difference of two texts as diff -u writes it, with names behind --- and +++; "" when there is none.
func unified(from, to, was, is string) string {
	if was == is {
		return ""
	}
	steps := compared(lines(was), lines(is))
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", from, to)
	for first := 0; first < len(steps); {
		if steps[first].sign == ' ' {
			first++
			continue
		}
		begin, end := max(first-context3, 0), first
		for gap := 0; end < len(steps) && gap <= 2*context3; end++ {
			if gap++; steps[end].sign != ' ' {
				gap = 0
			}
		}
		for end > first && trailing(steps[:end]) > context3 {
			end--
		}
		hunk(&b, steps[begin:end])
		first = end
	}
	return b.String()
}

const context3 = 3 // lines around a change

// step is a line of a difference: ' ' in both texts, '-' in the first, '+' in the second. was and is are the lines before it.
type step struct {
	sign    byte
	text    string
	was, is int
}

// trailing counts the lines at the end that are in both texts.
func trailing(steps []step) (n int) {
	for n < len(steps) && steps[len(steps)-1-n].sign == ' ' {
		n++
	}
	return n
}

func hunk(b *strings.Builder, steps []step) {
	was, is := 0, 0
	for _, s := range steps {
		if s.sign != '+' {
			was++
		}
		if s.sign != '-' {
			is++
		}
	}
	fmt.Fprintf(b, "@@ -%s +%s @@\n", extent(steps[0].was, was), extent(steps[0].is, is))
	for _, s := range steps {
		fmt.Fprintf(b, "%c%s\n", s.sign, s.text)
	}
}

// extent writes where a part begins and how long it is, as POSIX has it: an empty one by the line before it.
func extent(before, n int) string {
	if n == 0 {
		return fmt.Sprintf("%d,0", before)
	}
	return fmt.Sprintf("%d,%d", before+1, n)
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// most is how many pairs of lines are compared; of texts that are longer, all that is not alike at both ends is told as changed.
const most = 4 << 20

// compared returns the lines of both texts in order, by their longest common subsequence.
func compared(a, b []string) []step {
	var steps []step
	i, j := 0, 0
	put := func(sign byte, text string) {
		steps = append(steps, step{sign, text, i, j})
		if sign != '+' {
			i++
		}
		if sign != '-' {
			j++
		}
	}
	for i < len(a) && j < len(b) && a[i] == b[j] {
		put(' ', a[i])
	}
	tail := 0
	for tail < len(a)-i && tail < len(b)-j && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	n, m := len(a)-tail, len(b)-tail
	common := longest(a[i:n], b[j:m])
	i0, j0 := i, j
	for i < n || j < m {
		switch {
		case i < n && j < m && common != nil && a[i] == b[j]:
			put(' ', a[i])
		case i < n && (j == m || common == nil || common[i-i0+1][j-j0] >= common[i-i0][j-j0+1]):
			put('-', a[i])
		default:
			put('+', b[j])
		}
	}
	for i < len(a) {
		put(' ', a[i])
	}
	return steps
}

// longest returns the lengths of the longest common subsequences of all ends of a and b; nil when there are too many.
func longest(a, b []string) [][]int32 {
	if (len(a)+1)*(len(b)+1) > most {
		return nil
	}
	l := make([][]int32, len(a)+1)
	for i := range l {
		l[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if l[i][j] = max(l[i+1][j], l[i][j+1]); a[i] == b[j] {
				l[i][j] = l[i+1][j+1] + 1
			}
		}
	}
	return l
}

// Write writes objects as documents, in their order; those of OpenSLO come last.
func Write(objects []Object) (string, error) {
	var own, slo []Object
	for _, o := range objects {
		if isSLO(o) {
			slo = append(slo, o)
		} else {
			own = append(own, o)
		}
	}
	text, err := texts(own...)
	if err != nil || len(slo) == 0 {
		return text, err
	}
	rest, err := sloExport(slo)
	if text == "" {
		return rest, err
	}
	return text + "---\n" + rest, err
}
