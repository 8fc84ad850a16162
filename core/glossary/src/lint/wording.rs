//! Words a definition may not hold: judgement, advice, outlook, and words that need an entry themselves.

use super::Rule;
use super::readability::words;
use crate::kind::Kind;

/// Phrases that advise, reassure, alarm, judge or foretell (must-not 3). Whole words.
const JUDGEMENTS: [&str; 75] = [
    "should",
    "must",
    "ought",
    "you need to",
    "needs to",
    "have to",
    "worry",
    "worried",
    "worries",
    "worrying",
    "worrisome",
    "good",
    "bad",
    "safe",
    "unsafe",
    "safely",
    "dangerous",
    "danger",
    "harmless",
    "alarming",
    "scary",
    "frightening",
    "reassuring",
    "reassure",
    "reassured",
    "fortunately",
    "unfortunately",
    "luckily",
    "sadly",
    "nothing to fear",
    "no cause for",
    "no need for",
    "normal result is",
    "result is normal",
    "is normal",
    "is abnormal",
    "is fine",
    "is healthy",
    "will die",
    "may die",
    "can die",
    "deadly",
    "fatal",
    "lethal",
    "life threatening",
    "incurable",
    "curable",
    "can be cured",
    "cannot be cured",
    "no cure",
    "will get better",
    "will get worse",
    "will go away",
    "survival",
    "life expectancy",
    "prognosis",
    "outlook",
    "you have",
    "you will",
    "you may have",
    "ask your",
    "call your",
    "tell your",
    "talk to your",
    "see your",
    "see a doctor",
    "seek care",
    "seek help",
    "seek medical",
    "go to the emergency",
    "do not take",
    "stop taking",
    "get help",
    "be sure to",
    "make sure",
];

/// Words of medicine that a definition would have to explain first.
const JARGON: &str = "abdomen abdominal ablation abscess acute adenopathy adjuvant adverse afebrile ambulate ambulatory analgesic \
    anemia aneurysm angina anterior antibody antigen aorta apnea arrhythmia arterial arthritis ascites \
    asymptomatic atrial atrium auscultation autoimmune axillary bacteremia benign bilateral bilaterally biliary \
    biopsy bradycardia bronchi bronchial cannula carcinoma cardiac cardiovascular catheter cerebral cervical \
    chronic cirrhosis coagulation cognitive colon comorbidity congenital congestive contraindicated coronary \
    cortex cranial creatinine cutaneous cyanosis cyst deficit degenerative dermal diagnosis diagnoses diagnostic \
    diastolic dilate dilated dilation distal dorsal edema effusion electrolyte embolism embolus endocrine \
    endoscope endoscopy enzyme enzymes epidermis epithelial erythema esophagus etiology exacerbation excision \
    exudate febrile femoral femur fibrillation fibrosis fistula flexion focal fracture gastric gastrointestinal \
    glucose hematologic hematoma hemoglobin hemorrhage hepatic hydrate hydration hypertension hypertrophy \
    hypotension hypoxia iatrogenic idiopathic immune impairment incision infarct infarction inferior infiltrate \
    inflamed inflammation inflammatory infusion inguinal intravenous intubate ischemia ischemic jaundice \
    laparoscopic laparoscopy lateral lesion lesions leukocyte ligament lipid lipids localized lumbar lumen \
    lymphadenopathy malignancy malignant mastectomy medial membrane meninges metabolic metabolism metastasis \
    metastatic mitral mucosa mucous murmur muscular myocardial myocardium nausea necrosis necrotic neoplasm \
    neural neurologic neuron neuropathy nodule obstruction occlusion ocular oncology ophthalmic optic oral \
    osteoporosis outpatient inpatient ovarian palliative pallor palpable palpation palpitations paralysis \
    parenchyma paresthesia pathogen pathology pelvic perforation perfusion pericardial perineal peripheral \
    peritoneal pharynx plaque pleural polyp posterior postoperative prenatal preoperative procedure prophylaxis \
    prosthesis proximal pruritus pulmonary purulent radiograph reflux refractory regurgitation renal resection \
    respiration respiratory retina rupture sclerosis secretion secretions sedation sepsis septic serum sinus \
    somatic spasm sputum stenosis stent sternum subcutaneous superior suture symptomatic syncope syndrome \
    synovial systemic systolic tachycardia thoracic thorax thrombosis thrombus topical toxicity trachea \
    transfusion trauma tremor ulcer ulcers ureter urethra urinary uterine uterus vascular venous ventricle \
    ventricular vertebra vertebrae vertigo viral visceral";

/// What in `text` judges, advises or foretells, and ranges of a test.
pub(crate) fn judgements(text: &str, kind: Kind, forms: &[&str]) -> Vec<(Rule, String)> {
    let text = spaced(text);
    let mut found: Vec<_> = JUDGEMENTS
        .iter()
        .filter(|phrase| text.contains(&format!(" {phrase} ")))
        .map(|phrase| (Rule::Judgement, (*phrase).to_owned()))
        .collect();
    // A score says from what to what it runs (G9); what a laboratory calls usual is the laboratory's to say.
    let is_scale = |text: &str| ["scale", "score", "index"].iter().any(|word| text.contains(&format!(" {word} ")));
    let scale = is_scale(&text) || forms.iter().any(|form| is_scale(&spaced(form)));
    if kind == Kind::Test && !scale {
        found.extend(range(&text).map(|range| (Rule::Range, range)));
    }
    found
}

/// Two numbers in a row, or a bound and a number: what only a laboratory may say (must-not 4).
fn range(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    words
        .windows(3)
        .find(|three| matches!(three, [a, "to" | "and", b] if number(a) && number(b)))
        .or_else(|| {
            words.windows(2).find(|two| {
                matches!(two, [bound, value]
            if number(value) && matches!(*bound, "above" | "below" | "under" | "over" | "than" | "least" | "most"))
            })
        })
        .or_else(|| words.windows(2).find(|two| two.iter().all(|word| number(word))))
        .map(|found| found.join(" "))
}

/// Words of `text` that need an entry themselves, the entry's own forms aside.
pub(crate) fn jargon(text: &str, forms: &[&str]) -> Vec<String> {
    let own: Vec<String> = forms.iter().map(|form| spaced(form)).collect();
    words(text)
        .map(str::to_lowercase)
        .filter(|word| JARGON.split_whitespace().any(|jargon| jargon == word))
        .filter(|word| !own.iter().any(|form| form.contains(&format!(" {word} "))))
        .collect()
}

/// Lower-case words with one space around each.
fn spaced(text: &str) -> String {
    let mut out = String::from(" ");
    for word in words(text) {
        out.push_str(&word.to_lowercase());
        out.push(' ');
    }
    out
}
