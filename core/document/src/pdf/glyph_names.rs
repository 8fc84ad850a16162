//! What the names of glyphs stand for (ISO 32000-2, 9.10.2): our own short list of those that medical text is set in.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Names and their characters: Latin, Greek, mathematics, units, punctuation.
const NAMES: &str = "\
    AE Æ Aacute Á Abreve Ă Acircumflex Â Adieresis Ä Agrave À Alpha Α Amacron Ā Aogonek Ą Aring Å Atilde Ã Beta Β \
    Cacute Ć Ccaron Č Ccedilla Ç Ccircumflex Ĉ Cdotaccent Ċ Chi Χ Dcaron Ď Dcroat Đ Delta Δ Dialytika Ϋ Eacute É \
    Ebreve Ĕ Ecaron Ě Ecircumflex Ê Edieresis Ë Edotaccent Ė Egrave È Emacron Ē Eng Ŋ Eogonek Ę Epsilon Ε Eta Η \
    Eth Ð Euro € Gamma Γ Gbreve Ğ Gcedilla Ģ Gcircumflex Ĝ Gcommaaccent Ģ Gdotaccent Ġ H18533 ■ H18543 ▪ H18551 ▫ \
    H22073 □ Hbar Ħ Hcircumflex Ĥ IJ Ĳ Iacute Í Ibreve Ĭ Icircumflex Î Idieresis Ï Idot İ Idotaccent İ Ifraktur ℑ \
    Igrave Ì Imacron Ī Iogonek Į Iota Ι Itilde Ĩ Jcircumflex Ĵ Kappa Κ Kcedilla Ķ Kcommaaccent Ķ Lacute Ĺ Lambda Λ \
    Lcaron Ľ Lcedilla Ļ Lcommaaccent Ļ Ldot Ŀ Lslash Ł Mu Μ Nacute Ń Ncaron Ň Ncedilla Ņ Ncommaaccent Ņ Ntilde Ñ \
    Nu Ν OE Œ Oacute Ó Obreve Ŏ Ocircumflex Ô Odieresis Ö Ograve Ò Ohm Ω Ohungarumlaut Ő Omacron Ō Omega Ω \
    Omicron Ο Oslash Ø Otilde Õ Phi Φ Pi Π Psi Ψ Racute Ŕ Rcaron Ř Rcedilla Ŗ Rcommaaccent Ŗ Rfraktur ℜ Rho Ρ \
    Sacute Ś Scaron Š Scedilla Ş Scircumflex Ŝ Scommaaccent Ș Sigma Σ Tau Τ Tbar Ŧ Tcaron Ť Tcedilla Ţ \
    Tcommaaccent Ț Theta Θ Thorn Þ Uacute Ú Ubreve Ŭ Ucircumflex Û Udieresis Ü Ugrave Ù Uhungarumlaut Ű Umacron Ū \
    Uogonek Ų Upsilon Υ Upsilon1 ϒ Uring Ů Utilde Ũ Wcircumflex Ŵ Xi Ξ Yacute Ý Ycircumflex Ŷ Ydieresis Ÿ Zacute Ź \
    Zcaron Ž Zdotaccent Ż Zeta Ζ aacute á abreve ă acircumflex â acute ´ adieresis ä ae æ afii00208 ― afii61352 № \
    agrave à aleph ℵ alpha α amacron ā ampersand & angbracketleft ⟨ angbracketright ⟩ angle ∠ angleleft 〈 \
    angleright 〉 aogonek ą approxequal ≈ aring å arrowboth ↔ arrowdblboth ⇔ arrowdbldown ⇓ arrowdblleft ⇐ \
    arrowdblright ⇒ arrowdblup ⇑ arrowdown ↓ arrowleft ← arrowright → arrowup ↑ arrowupdn ↕ asciicircum ^ \
    asciitilde ~ asterisk * asteriskmath ∗ at @ atilde ã backslash \\ bar | beta β blackcircle ● braceleft { \
    braceright } bracketleft [ bracketright ] breve ˘ brokenbar ¦ bullet • cacute ć caron ˇ carriagereturn ↵ \
    ccaron č ccedilla ç ccircumflex ĉ cdotaccent ċ cedilla ¸ cent ¢ checkmark ✓ chi χ circle ○ circlemultiply ⊗ \
    circleplus ⊕ circumflex ˆ club ♣ colon : comma , congruent ≅ copyright © currency ¤ dagger † daggerdbl ‡ \
    dcaron ď dcroat đ degree ° degreeC ℃ delta δ diamond ♦ dieresis ¨ divide ÷ dollar $ dotaccent ˙ dotlessi ı \
    dotlessj ȷ dotmath ⋅ eacute é ebreve ĕ ecaron ě ecircumflex ê edieresis ë edotaccent ė egrave è eight 8 \
    eightinferior ₈ eightoldstyle 8 eightsuperior ⁸ element ∈ ellipsis … emacron ē emdash — emptyset ∅ endash – \
    eng ŋ eogonek ę epsilon ε equal = equivalence ≡ estimated ℮ eta η eth ð euro € exclam ! exclamdown ¡ \
    existential ∃ female ♀ figuredash ‒ filledbox ■ five 5 fiveeighths ⅝ fiveinferior ₅ fiveoldstyle 5 \
    fivesuperior ⁵ florin ƒ four 4 fourinferior ₄ fouroldstyle 4 foursuperior ⁴ fraction ⁄ gamma γ gbreve ğ \
    gcedilla ģ gcircumflex ĝ gcommaaccent ģ gdotaccent ġ germandbls ß gradient ∇ grave ` greater > greaterequal ≥ \
    greaterequalslant ≥ greaterorequalslant ≥ guillemotleft « guillemotright » guilsinglleft ‹ guilsinglright › \
    hbar ħ hcircumflex ĥ heart ♥ hungarumlaut ˝ hyphen - iacute í ibreve ĭ icircumflex î idieresis ï igrave ì ij ĳ \
    imacron ī infinity ∞ integral ∫ intersection ∩ iogonek į iota ι itilde ĩ jcircumflex ĵ kappa κ kcedilla ķ \
    kcommaaccent ķ kgreenlandic ĸ lacute ĺ lambda λ lcaron ľ lcedilla ļ lcommaaccent ļ ldot ŀ less < lessequal ≤ \
    lessequalslant ≤ lessorequalslant ≤ logicaland ∧ logicalnot ¬ logicalor ∨ longs ſ lozenge ◊ lslash ł macron ¯ \
    male ♂ middot · minus − minute ′ mu µ mu1 µ muchgreater ≫ muchless ≪ multiply × nabla ∇ nacute ń napostrophe ŉ \
    ncaron ň ncedilla ņ ncommaaccent ņ nine 9 nineinferior ₉ nineoldstyle 9 ninesuperior ⁹ notelement ∉ notequal ≠ \
    notsubset ⊄ ntilde ñ nu ν numbersign # numero № oacute ó obreve ŏ ocircumflex ô odieresis ö oe œ ogonek ˛ \
    ograve ò ohungarumlaut ő omacron ō omega ω omega1 ϖ omicron ο one 1 onedotenleader . oneeighth ⅛ onehalf ½ \
    oneinferior ₁ oneoldstyle 1 onequarter ¼ onesuperior ¹ onethird ⅓ openbullet ◦ ordfeminine ª ordmasculine º \
    oslash ø otilde õ overscore ¯ paragraph ¶ parenleft ( parenright ) partialdiff ∂ percent % period . \
    periodcentered · perpendicular ⊥ perthousand ‰ phi φ phi1 ϕ pi π plus + plusminus ± plusmn ± product ∏ \
    propersubset ⊂ propersuperset ⊃ proportional ∝ psi ψ question ? questiondown ¿ quotedbl \" quotedblbase „ \
    quotedblleft “ quotedblright ” quoteleft ‘ quoteright ’ quotesinglbase ‚ quotesingle ' racute ŕ radical √ \
    rcaron ř rcedilla ŗ rcommaaccent ŗ reflexsubset ⊆ reflexsuperset ⊇ registered ® rho ρ ring ˚ sacute ś scaron š \
    scedilla ş scircumflex ŝ scommaaccent ș second ″ section § semicolon ; seven 7 seveneighths ⅞ seveninferior ₇ \
    sevenoldstyle 7 sevensuperior ⁷ sfthyphen - sigma σ sigma1 ς similar ∼ six 6 sixinferior ₆ sixoldstyle 6 \
    sixsuperior ⁶ slash / spade ♠ square □ starsolid ★ sterling £ suchthat ∋ summation ∑ tau τ tbar ŧ tcaron ť \
    tcedilla ţ tcommaaccent ț therefore ∴ theta θ theta1 ϑ thorn þ three 3 threeeighths ⅜ threeinferior ₃ \
    threeoldstyle 3 threequarters ¾ threesuperior ³ tilde ˜ tonos ΰ trademark ™ triagdn ▼ triaglf ◄ triagrt ► \
    triagup ▲ two 2 twoinferior ₂ twooldstyle 2 twosuperior ² twothirds ⅔ uacute ú ubreve ŭ ucircumflex û \
    udieresis ü ugrave ù uhungarumlaut ű umacron ū underscore _ union ∪ universal ∀ uogonek ų upsilon υ uring ů \
    utilde ũ wcircumflex ŵ weierstrass ℘ xi ξ yacute ý ycircumflex ŷ ydieresis ÿ yen ¥ zacute ź zcaron ž \
    zdotaccent ż zero 0 zeroinferior ₀ zerooldstyle 0 zerosuperior ⁰ zeta ζ ";

/// Joined letters, as the letters that they join.
const LIGATURES: &[(&str, &str)] = &[
    ("ff", "ff"),
    ("fi", "fi"),
    ("fl", "fl"),
    ("ffi", "ffi"),
    ("ffl", "ffl"),
    ("longst", "st"),
    ("st", "st"),
    ("f_f", "ff"),
    ("space", " "),
    ("nbspace", " "),
    ("nonbreakingspace", " "),
    ("visiblespace", " "),
    ("softhyphen", "-"),
];

static TABLE: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let mut words = NAMES.split_ascii_whitespace();
    let pairs = core::iter::from_fn(|| words.next().zip(words.next()));
    pairs.chain(LIGATURES.iter().copied()).collect()
});

/// The text of a glyph name; `None` for one that says nothing, like `g17`.
pub(super) fn text_of(name: &[u8]) -> Option<String> {
    let name = core::str::from_utf8(name).ok()?;
    // A variant: `a.sc`, `one.oldstyle`.
    let stem = name.split('.').next().filter(|stem| !stem.is_empty())?;
    let mut out = String::new();
    for part in stem.split('_') {
        out.push_str(&one(part)?);
    }
    Some(out)
}

fn one(name: &str) -> Option<String> {
    if let Some(text) = TABLE.get(name) {
        return Some((*text).to_owned());
    }
    if name.len() == 1 && name.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Some(name.to_owned());
    }
    let code = |digits: &str| {
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte));
        u32::from_str_radix(digits, 16).ok().filter(|_| plain).and_then(char::from_u32)
    };
    if let Some(digits) = name.strip_prefix("uni").filter(|digits| !digits.is_empty() && digits.len() % 4 == 0) {
        return digits.as_bytes().chunks(4).map(|four| code(core::str::from_utf8(four).ok()?)).collect();
    }
    let digits = name.strip_prefix('u').filter(|digits| (4..=6).contains(&digits.len()))?;
    code(digits).map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves N1: units and joined letters are what their names say, and a name that says nothing gives nothing.
    #[test]
    fn names_are_what_they_say() {
        for (name, text) in [
            ("A", "A"),
            ("mu", "\u{b5}"),
            ("greaterequal", "\u{2265}"),
            ("lessequal", "\u{2264}"),
            ("plusminus", "\u{b1}"),
            ("degree", "\u{b0}"),
            ("onehalf", "\u{bd}"),
            ("ffi", "ffi"),
            ("f_f_i", "ffi"),
            ("seven.oldstyle", "7"),
            ("uni00B5", "\u{b5}"),
            ("uni00410042", "AB"),
            ("u1F600", "\u{1F600}"),
            ("Eacute", "\u{c9}"),
            ("backslash", "\\"),
            ("quotedbl", "\""),
        ] {
            assert_eq!(text_of(name.as_bytes()).as_deref(), Some(text), "{name}");
        }
        for name in ["", ".notdef", "g17", "cid:3", "uniD800", "uni12", "u12", "G41", "mumble"] {
            assert_eq!(text_of(name.as_bytes()), None, "{name}");
        }
    }
}
