"""Where badges are awarded: structures, people, observations, awards, batches, and the documents they publish.

Start at :mod:`.issuer` (what happens, one paragraph per act) and :mod:`.batches` (many awards at once). Then, as the
question is: who may do it — :mod:`.permissions`; what is signed — :mod:`.assertion`; what the structure keeps to itself
— :mod:`.casefile`; what is remembered — :mod:`.storage`, and in which database — :mod:`.database`; what can be told of
it afterwards — :mod:`.audit`; how it is said in French — :mod:`.wording`. The doors are :mod:`.api` (programs) and
:mod:`.publishing` (the world). Personal data stays in this room.
"""
