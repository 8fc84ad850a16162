#![allow(missing_docs)]
use plainchart_record::trend::{Reading, Trend};
use plainchart_record::{Analyte, Observation};
fn q(id:&str, when:&str, q:&str)->Vec<Reading>{
    let raw = format!(r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"2160-0"}}]}},"effectiveDateTime":"{when}","valueQuantity":{{{q}}}}}"#);
    Reading::of(&Observation::read(&raw).unwrap(), id, "s")
}
#[test]
fn t() {
    let u = r#""system":"http://unitsofmeasure.org""#;
    let code = |v:&str,c:&str| format!(r#""value":{v},{u},"code":"{c}""#);
    let words = |v:&str,c:&str| format!(r#""value":{v},"unit":"{c}""#);
    let both = |v:&str,w:&str,c:&str| format!(r#""value":{v},"unit":"{w}",{u},"code":"{c}""#);
    let pairs = vec![
        (code("5","10*3/uL"),code("5","10*9/L")),(words("5","K/uL"),code("5","10*9/L")),(words("5","x10E3/uL"),words("6","10^3/uL")),
        (words("7.2","mil/uL"),code("7","10*3/uL")),(words("5","Thousand/uL"),words("5","K/uL")),
        (both("60","mL/min/1.73m2","mL/min"),code("60","mL/min")),(both("60","mL/min/1.73m2","mL/min"),code("60","mL/min/{1.73_m2}")),
        (code("60","mL/min/{1.73m2}"),code("60","mL/min/{1.73_m2}")),
        (code("5","Mmol/L"),code("5","mmol/L")),(code("5","Mg/dL"),code("5","mg/dL")),(words("5","MG/DL"),code("5","mg/dL")),
        (code("5","meq/L"),code("5","mmol/L")),(code("5","mmol/L"),code("90","mg/dL")),(words("5","IU/L"),words("5","U/L")),
        (words("5","mIU/L"),words("5","uIU/mL")),(words("5","mU/L"),words("5","mIU/L")),
        (code("42","%"),code("0.42","L/L")),(code("42","%"),code("0.42","1")),(code("6.5","%"),code("48","mmol/mol")),
        (code("30","mg/g"),code("30","ug/mg")),(code("30","mg/g{creat}"),code("30","mg/g")),(code("30","mg/g{creat}"),code("3","mg/mmol{creat}")),
        (code("5","/[HPF]"),code("5","/uL")),(code("5","/[HPF]"),code("5","/[LPF]")),(code("2","{INR}"),r#""value":2"#.to_string()),(code("2","{INR}"),code("2","1")),(code("2","{INR}"),code("2","{ratio}")),
        (code("37","Cel"),code("98.6","[degF]")),(words("37","C"),words("98.4","F")),(words("37","°C"),words("98.4","degF")),
        (code("5","{log}"),code("5","{copies}/mL")),(words("5","log copies/mL"),words("5","copies/mL")),(code("5","[IU]/mL"),code("5","[iU]/mL")),
        (words("150","lb"),words("70","kg")),(words("1","mg/24h"),words("1","mg/day")),(code("5","ug/L"),code("5","ng/mL")),(code("5","ug/dL"),code("5","ug/L")),
        (code("5","%"),code("50000","10*3/uL")),(code("5","pg"),code("5","fL")),(code("5","mm/h"),words("5","mm/hr")),
        (code("1.010","{SG}"),r#""value":1.010"#.to_string()),(words("5","cells/uL"),code("5","/uL")),(both("5","cells/uL","{cells}/uL"),words("5","cells/mm3")),
        (code("5","mosm/kg"),code("5","mmol/kg")),(code("5","U/L"),code("5","ukat/L")),(code("5","10*3"),code("5","%")),
        (words("5","ppm"),code("5","[ppm]")),(words("5","g%"),words("5","g/dL")),(code("5","g%"),code("5","g/dL")),(words("5","mg%"),words("5","mg/dL")),
        (both("5","mg/dL","mmol/L"),code("5","mmol/L")),(both("5","K/uL","10*3/uL"),both("5","10*9/L","10*9/L")),
        (words("5","M/uL"),words("5","m/uL")),(words("5","MU/L"),words("5","mU/L")),(words("5","mm3"),words("5","uL")),
    ];
    for (a,b) in pairs {
        let mut r = q("a","2026-01-01",&a); r.extend(q("b","2026-02-01",&b));
        let t = Trend::of(&[Analyte::Loinc("2160-0".into())], &r);
        let s: Vec<String> = t.series.iter().map(|s| format!("{:?}{}", s.points.iter().map(|p| p.value.as_str().to_owned()).collect::<Vec<_>>(), s.apart.map_or(String::new(),|a| format!(" {}", a.code())))).collect();
        println!("{:60} | {:60} => {} {}", a.replace("\"",""), b.replace("\"",""), if s.len()==1 {"JOINED"} else {"apart"}, s.join(" ; "));
    }
}
