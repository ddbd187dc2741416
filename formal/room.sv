// A layer and the buffer of BANKS banks that it writes, inside the block between them. A timestep sets out while fewer than two
// are on their way, and where layers take TURNS only while has_more; its spikes leave their lanes only while has_bank.
    wire leaves = $anyseq;
    wire free = $anyseq;
    // Timesteps in their lanes, in the LIF pipeline, in the buffer.
    reg [1:0] waiting = 0, leaving = 0;
    reg [3:0] filled = 0;
    always @* begin
        assume (ready == (filled < `BANKS) && roomy == (filled + 2 <= `BANKS));
        assume (!free || filled > 0);
        assume (!sets_out || (waiting + leaving < 2 && (!`TURNS || has_more)));
        // At the earliest when the one before arrives.
        assume (!leaves || (waiting > 0 && has_bank && (leaving == 0 || arrives)));
        assume (!arrives || leaving > 0);
    end
    always @(posedge clock) begin
        waiting <= waiting + sets_out - leaves;
        leaving <= leaving + leaves - arrives;
        filled <= filled + arrives - free;
    end
    always @* begin
        assert (leaving <= 1 && waiting + leaving <= 2);
        assert (on_way == (waiting + leaving > 0));
        // None arrives without a bank.
        assert (filled + leaving <= `BANKS);
        // In turns there is one for each that has set out, so that none waits for another layer's turn.
        assert (!`TURNS || filled + leaving + waiting <= `BANKS);
        assert (some$q == (waiting + leaving > 0) && two$q == (waiting + leaving > 1));
    end
