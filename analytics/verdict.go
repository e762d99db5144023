package analytics

// Phrase is one of the fixed answers to "is it getting better?".
type Phrase string

const (
	ClearlyBetter  Phrase = "clearly better"
	ClearlyWorse   Phrase = "clearly worse"
	ProbablyBetter Phrase = "probably better"
	ProbablyWorse  Phrase = "probably worse"
	NoChange       Phrase = "no change larger than" // followed by Verdict.Within
	CannotTell     Phrase = "cannot tell"
	TooFew         Phrase = "too few incidents"
)

// Verdict judges a change between two periods. It is made from the interval of the change and from what the
// data could have shown, never from the difference alone.
type Verdict struct {
	Phrase   Phrase
	Sentence string   // the whole answer for people, with numbers; ends with a full stop
	Ratio    Estimate // now ÷ before; 0.8 is a fifth less
	Within   float64  // when NoChange: the change is smaller than this share either way; else 0
	// VisibleDrop and VisibleRise are the smallest changes, as ratios, that as many incidents as these show
	// in 4 of 5 cases: 0.6 and 1.7 mean −40 % and +70 %. Nil when not estimable.
	VisibleDrop, VisibleRise *float64
	NNow, NBefore            int
}
