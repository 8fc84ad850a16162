"""The same facade as the command line's, through the generated bindings: what an app developer does first."""

import asyncio
import pathlib
import tempfile
import unittest

from lakeside import DictionaryKeystore, Lakeside, Recorder
from plainchart import CancelHandle, Configuration, PlainchartError, SignInStep, annotate, define, open_session

REDIRECT = "http://127.0.0.1:49152/callback"


class Journey(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.lakeside = Lakeside().__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.lakeside.__exit__()

    async def asyncSetUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.keystore = DictionaryKeystore()
        self.session = await self.open()

    async def asyncTearDown(self):
        await self.session.close()
        self.folder.cleanup()

    async def open(self):
        configuration = Configuration(folder=self.folder.name + "/store", allow_http_loopback=True)
        return await open_session(configuration, self.keystore)

    async def connect(self, patient, is_reader):
        url = await self.session.begin_sign_in(self.lakeside.base, "plainchart-demo", REDIRECT, None)
        callback = self.lakeside.approve(url, "rosa", patient)
        self.assertTrue(await self.session.owns_callback(callback))
        step = await self.session.complete_sign_in(callback, None)
        self.assertIsInstance(step, SignInStep.ASK)
        candidate = step.offer.candidates[0]
        return await self.session.confirm(step.offer.id, candidate.patient, is_reader, None)

    async def test_sign_in_sync_and_read_a_note_with_its_words_explained(self):
        """Proves B1, B2: one call for a screen, progress told, whose it is in every answer."""
        connected = await self.connect("aurelio", False)
        recorder = Recorder()
        summary = await self.session.sync(connected.person, recorder, None)
        self.assertEqual(summary.person, connected.person)
        self.assertTrue(summary.complete, [(kind.resource_type, kind.problem) for kind in summary.types])
        self.assertTrue(recorder.seen)
        notes = await self.session.notes(connected.person, 0, 1000)
        self.assertEqual(notes.total, len(notes.items))
        self.assertGreater(notes.total, 30)
        newest = await self.session.read_note(connected.person, notes.items[0].id)
        self.assertEqual(newest.person, connected.person)
        self.assertTrue(newest.sections)
        self.assertTrue(newest.marks)
        for mark in newest.marks:
            text = newest.sections[mark.section].text
            word = text.encode()[mark.start : mark.end].decode()
            utf16 = text.encode("utf-16-le")[2 * mark.start_utf16 : 2 * mark.end_utf16].decode("utf-16-le")
            self.assertEqual(word, utf16)
            self.assertTrue(1 <= len(mark.senses) <= 3)

    async def test_results_carry_the_labs_own_words(self):
        """Proves R1: value, unit, range and flag as given, the test in plain words."""
        connected = await self.connect("aurelio", False)
        await self.session.sync(connected.person, None, None)
        results = await self.session.results(connected.person, 0, 1000)
        creatinine = next(result for result in results.items if result.loinc == "2160-0")
        self.assertTrue(creatinine.value and creatinine.unit)
        self.assertTrue(creatinine.measures)

    async def test_two_people_stay_apart_and_one_is_erased(self):
        """Proves P1, A8: no call reads a chart without saying whose."""
        rosa = await self.connect("rosa", True)
        mateo = await self.connect("mateo", False)
        people = {person.id: person for person in await self.session.people()}
        self.assertEqual(people[rosa.person].standing, "own")
        self.assertEqual(people[mateo.person].standing, "helper")
        await self.session.erase(mateo.person)
        self.assertEqual([person.id for person in await self.session.people()], [rosa.person])
        with self.assertRaises(PlainchartError.NotFound):
            await self.session.notes(mateo.person, 0, 10)

    async def test_locked_says_locked_and_unlocks(self):
        """Proves A13: locked means that no record can be had."""
        connected = await self.connect("rosa", True)
        await self.session.lock()
        for call in (
            self.session.people(),
            self.session.notes(connected.person, 0, 1),
            self.session.sync(connected.person, None, None),
            self.session.access_log(connected.person),
        ):
            with self.assertRaises(PlainchartError.VaultLocked):
                await call
        await self.session.unlock()
        self.assertEqual(len(await self.session.people()), 1)

    async def test_a_keystore_that_refuses_leaves_everything_as_it_was(self):
        """Proves V4: a keystore that does not answer is a typed error, and nothing is lost."""
        await self.connect("rosa", True)
        await self.session.close()
        self.keystore.refuses = True
        with self.assertRaises(PlainchartError.VaultLocked):
            await self.open()
        self.keystore.refuses = False
        self.session = await self.open()
        self.assertEqual(len(await self.session.people()), 1)

    async def test_a_cancelled_sync_says_so_and_goes_on_later(self):
        """Proves B1: cancelling is explicit, and what came is kept."""
        connected = await self.connect("rosa", True)
        cancel = CancelHandle()
        cancel.cancel()
        with self.assertRaises(PlainchartError.Cancelled):
            await self.session.sync(connected.person, None, cancel)
        with self.assertRaises(PlainchartError.Cancelled):
            await self.session.sync(connected.person, Recorder(throws=True), None)
        self.assertTrue((await self.session.sync(connected.person, None, None)).complete)

    async def test_calls_at_once_from_many_tasks(self):
        """Proves B1: calls may come from anywhere, at once."""
        answers = await asyncio.gather(*(define("edema", None) for _ in range(200)))
        self.assertEqual({answer.entry for answer in answers}, {answers[0].entry})
        self.assertTrue(answers[0].entry)

    async def test_a_text_that_is_nobodys_chart_is_explained(self):
        """Proves G1, G5: the mark, its place and its cue."""
        text = "Ödem: no edema seen."
        mark = next(mark for mark in await annotate(text) if mark.entry)
        self.assertEqual(text.encode()[mark.start : mark.end].decode(), "edema")
        self.assertEqual(mark.cue, "negated")

    async def test_a_downloaded_record_comes_in(self):
        """Proves D7: the counts add up and a bad line loses nothing."""
        record = pathlib.Path(self.folder.name) / "record.ndjson"
        record.write_text(
            '{"resourceType":"Patient","id":"7","name":[{"given":["Ines"],"family":"Alvão"}],"birthDate":"1980-02"}\n'
            '{"resourceType":"Observation","id":"1","subject":{"reference":"Patient/7"},"code":{"text":"Zinc"},'
            '"status":"final","valueQuantity":{"value":5.40,"unit":"mg"}}\n'
            '{"resourceType":"Observation","id":"2","subj\n'
        )
        summary = await self.session.import_record(str(record), None, None, None)
        self.assertEqual(summary.read, summary.in_chart + sum(part.count for part in summary.set_aside))
        self.assertEqual((summary.read, summary.in_chart), (3, 2))
        people = await self.session.people()
        self.assertEqual((people[0].name, people[0].birth_date), ("Ines Alvão", "1980-02"))
        results = await self.session.results(people[0].id, 0, 10)
        self.assertEqual(results.items[0].value, "5.40")

    async def test_after_close_every_call_is_an_error(self):
        """Proves B1: use after close is typed."""
        await self.session.close()
        with self.assertRaises(PlainchartError.Internal) as raised:
            await self.session.people()
        self.assertEqual(raised.exception.code, "internal.session.closed")

    async def test_errors_have_a_code_a_sentence_and_a_hint(self):
        """Proves T3: stable code, plain sentence, hint; no address in any of them."""
        with self.assertRaises(PlainchartError) as raised:
            await self.session.begin_sign_in("http://127.0.0.1:1/secret-path", "x", REDIRECT, None)
        for part in (raised.exception.code, raised.exception.sentence, raised.exception.hint):
            self.assertTrue(part)
            self.assertNotIn("secret-path", part)


if __name__ == "__main__":
    unittest.main()
